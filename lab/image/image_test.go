package image

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"
)

func TestKeyNamesTheContent(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(tool, []byte("one"), 0o755); err != nil {
		t.Fatal(err)
	}
	recipe := func(change func(*Recipe)) Recipe {
		r := Recipe{
			Name: "n", Suite: "bookworm", Sources: []string{"deb http://m.example bookworm main"}, Packages: []string{"a", "b"},
			Certificates: [][]byte{[]byte("c")}, Env: []string{"A=b"}, TagBy: "1.11",
			Files: []File{{Path: "/a", Mode: 0o755, Content: []byte("x")}, {Path: "/tool", Mode: 0o755, From: tool}},
		}
		change(&r)
		return r
	}
	sums, err := ReadSums(filepath.Join(t.TempDir(), "sums.json"))
	if err != nil {
		t.Fatal(err)
	}
	key := func(r Recipe) string {
		t.Helper()
		k, err := r.Key(sums)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	same := func(*Recipe) {}
	first := key(recipe(same))
	if again := key(recipe(same)); again != first {
		t.Errorf("the same recipe has two keys: %s, %s", first, again)
	}
	seen := map[string]string{first: "unchanged"}
	for name, change := range map[string]func(*Recipe){
		"suite":        func(r *Recipe) { r.Suite = "trixie" },
		"sources":      func(r *Recipe) { r.Sources = nil },
		"packages":     func(r *Recipe) { r.Packages = []string{"a"} },
		"certificates": func(r *Recipe) { r.Certificates = nil },
		"env":          func(r *Recipe) { r.Env = []string{"A=c"} },
		"tag":          func(r *Recipe) { r.TagBy = "1.12" },
		"file content": func(r *Recipe) { r.Files[0].Content = []byte("y") },
		"file mode":    func(r *Recipe) { r.Files[0].Mode = 0o644 },
		"file path":    func(r *Recipe) { r.Files[0].Path = "/b" },
		"fewer files":  func(r *Recipe) { r.Files = r.Files[:1] },
	} {
		k := key(recipe(change))
		if before, ok := seen[k]; ok {
			t.Errorf("%s: same key as %s", name, before)
		}
		seen[k] = name
	}

	// The file's content counts, not its path or time.
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("one"), 0o755); err != nil {
		t.Fatal(err)
	}
	if k := key(recipe(func(r *Recipe) { r.Files[1].From = other })); k != first {
		t.Error("a copy of the same file changes the key")
	}
	if err := os.WriteFile(tool, []byte("other"), 0o755); err != nil {
		t.Fatal(err)
	}
	if k := key(recipe(same)); k == first {
		t.Error("another content of the file does not change the key")
	}
	missing := recipe(func(r *Recipe) { r.Files[1].From = filepath.Join(t.TempDir(), "none") })
	if _, err := missing.Key(sums); err == nil {
		t.Error("a missing file is no error")
	}
}

func TestSumsAreRemembered(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "file"), filepath.Join(dir, "sums.json")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	asked := 0
	ask := func() string {
		t.Helper()
		sums, err := ReadSums(path)
		if err != nil {
			t.Fatal(err)
		}
		said, err := sums.Remember("version", file, func() (string, error) { asked++; return "1.11", nil })
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	for range 2 {
		if said := ask(); said != "1.11" || asked != 1 {
			t.Errorf("got %q, asked %d times, want 1", said, asked)
		}
	}
	if err := os.WriteFile(file, []byte("xy"), 0o644); err != nil {
		t.Fatal(err)
	}
	if ask(); asked != 2 {
		t.Errorf("asked %d times after a change, want 2", asked)
	}
}

func fileLayer(t *testing.T, files []File) *layer {
	t.Helper()
	l, err := writeLayer(filepath.Join(t.TempDir(), "layer"), func(w io.Writer) error { return writeFiles(w, files) })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLayerIsTheSameAgain(t *testing.T) {
	from := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(from, []byte("tool"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := []File{{Path: "/usr/local/bin/a", Mode: 0o755, Content: []byte("a")}, {Path: "/usr/local/bin/tool", Mode: 0o755, From: from}}
	first, second := fileLayer(t, files), fileLayer(t, files)
	if first.digest != second.digest || first.diffID != second.diffID || first.size != second.size {
		t.Errorf("%+v, then %+v", first, second)
	}

	// What is said of it holds.
	packed, err := first.Compressed()
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	digest, size, err := v1.SHA256(packed)
	if err != nil || digest != first.digest || size != first.size {
		t.Errorf("packed: %s, %d bytes (%v), said to be %+v", digest, size, err, first)
	}
	plain, err := first.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if diffID, _, err := v1.SHA256(plain); err != nil || diffID != first.diffID {
		t.Errorf("unpacked: %s (%v), said to be %s", diffID, err, first.diffID)
	}

	again, err := first.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	read := tar.NewReader(again)
	for _, want := range []string{"a", "tool"} {
		header, err := read.Next()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(read)
		if err != nil || string(content) != want || header.Name != "usr/local/bin/"+want || header.Mode != 0o755 || header.Uid != 0 || !header.ModTime.Equal(epoch) {
			t.Errorf("got %+v with %q (%v)", header, content, err)
		}
	}
}

func TestPackagedPython(t *testing.T) {
	l, err := writeLayer(filepath.Join(t.TempDir(), "layer"), func(w io.Writer) error {
		a := tar.NewWriter(w)
		for _, h := range []*tar.Header{
			{Typeflag: tar.TypeSymlink, Name: "./usr/bin/python", Linkname: "python3"},
			{Typeflag: tar.TypeSymlink, Name: "./usr/bin/python3", Linkname: "python3.11"},
		} {
			if err := a.WriteHeader(h); err != nil {
				return err
			}
		}
		return a.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if version, err := packagedPython(l); version != "3.11" || err != nil {
		t.Errorf("got %q, %v", version, err)
	}
	if version, err := packagedPython(fileLayer(t, nil)); err == nil {
		t.Errorf("got %q of a layer without python", version)
	}
}

func TestClearLeavesWhatIsMounted(t *testing.T) {
	outside, work := t.TempDir(), filepath.Join(t.TempDir(), "a work")
	keep := filepath.Join(outside, "keep")
	if err := os.WriteFile(keep, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"root/dev", "root/sys"} {
		dir = filepath.Join(work, dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := unix.Mount(outside, dir, "", unix.MS_BIND, ""); err != nil {
			t.Skipf("no right to mount here: %v", err)
		}
		defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	}
	if err := clear(work); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error("a file outside of the directory was removed through a mount")
	}
	if _, err := os.Stat(work); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
	if err := clear(work); err != nil {
		t.Errorf("nothing to clear: %v", err)
	}
}

func TestComplaint(t *testing.T) {
	for log, want := range map[string]string{
		"I: running apt-get update...\nErr:1 http://m.example bookworm InRelease\nE: apt-get update failed\nI: removing tempdir\n": "Err:1 http://m.example bookworm InRelease",
		"I: a\nE: unknown option\nI: b":  "E: unknown option",
		"mmdebstrap: something else\n\n": "mmdebstrap: something else",
		"":                               "",
	} {
		if got := complaint(log); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
