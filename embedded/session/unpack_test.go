package session

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"dagger/pipeline/embedded/files"
)

// archive holds entries; a regular file's text is its link name.
func archive(t *testing.T, entries ...tar.Header) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range entries {
		text := ""
		if h.Typeflag == tar.TypeReg {
			text, h.Linkname = h.Linkname, ""
		}
		h.Size = int64(len(text))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func umask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

// TestUnpackMakesNothingButFiles: no device, FIFO or setuid file, and no link that
// leads to somewhere else.
func TestUnpackMakesNothingButFiles(t *testing.T) {
	umask(t, 0o022)
	dir := t.TempDir()
	left, err := unpack(archive(t,
		tar.Header{Name: "reports/", Typeflag: tar.TypeDir, Mode: 0o2775},
		tar.Header{Name: "reports/junit.xml", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "<x/>"},
		tar.Header{Name: "reports/run", Typeflag: tar.TypeReg, Mode: 0o6755, Linkname: "#!"},
		tar.Header{Name: "reports/open", Typeflag: tar.TypeReg, Mode: 0o666, Linkname: "o"},
		tar.Header{Name: "reports/private", Typeflag: tar.TypeReg, Mode: 0o600, Linkname: "p"},
		tar.Header{Name: "reports/sda", Typeflag: tar.TypeBlock, Mode: 0o666, Devmajor: 8},
		tar.Header{Name: "reports/mem", Typeflag: tar.TypeChar, Mode: 0o666, Devmajor: 1, Devminor: 1},
		tar.Header{Name: "reports/fifo", Typeflag: tar.TypeFifo, Mode: 0o666},
		tar.Header{Name: "reports/mem2", Typeflag: tar.TypeLink, Linkname: "reports/mem"},
		tar.Header{Name: "reports/same", Typeflag: tar.TypeLink, Linkname: "reports/junit.xml"},
		tar.Header{Name: "reports/latest", Typeflag: tar.TypeSymlink, Linkname: "junit.xml"},
		tar.Header{Name: "reports/up", Typeflag: tar.TypeSymlink, Linkname: "../reports/./junit.xml"},
		tar.Header{Name: "reports/shadow", Typeflag: tar.TypeSymlink, Linkname: "/etc/shadow"},
		tar.Header{Name: "reports/out", Typeflag: tar.TypeSymlink, Linkname: "../../out"},
		tar.Header{Name: "reports/round", Typeflag: tar.TypeSymlink, Linkname: "up/../../../x"},
		tar.Header{Name: "reports/full/", Typeflag: tar.TypeDir, Mode: 0o555},
		tar.Header{Name: "reports/full/f", Typeflag: tar.TypeReg, Mode: 0o400, Linkname: "f"},
	), dir)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(left)
	if got, want := strings.Join(left, " "), "reports/fifo reports/mem reports/mem2 reports/out reports/round reports/sda reports/shadow"; got != want {
		t.Errorf("left out %s, want %s", got, want)
	}
	for name, want := range map[string]fs.FileMode{
		"": fs.ModeDir | 0o755, "junit.xml": 0o644, "run": 0o755, "open": 0o644, "private": 0o600, "same": 0o644,
		"latest": fs.ModeSymlink | 0o777, "up": fs.ModeSymlink | 0o777, "full": fs.ModeDir | 0o555, "full/f": 0o400,
	} {
		info, err := os.Lstat(filepath.Join(dir, "reports", name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: got %v, %v, want %v", name, info, err, want)
		}
	}
	for _, name := range left {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is there", name)
		}
	}
}

// TestUnpackWritesNothingThatRuns: no hook of git's, and no settings of the caller's.
func TestUnpackWritesNothingThatRuns(t *testing.T) {
	dir := t.TempDir()
	left, err := unpack(archive(t,
		tar.Header{Name: ".git/", Typeflag: tar.TypeDir, Mode: 0o755},
		tar.Header{Name: ".git/hooks/post-checkout", Typeflag: tar.TypeReg, Mode: 0o755, Linkname: "#!"},
		tar.Header{Name: "sub/", Typeflag: tar.TypeDir, Mode: 0o755},
		tar.Header{Name: "sub/.GIT", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "gitdir: x"},
		tar.Header{Name: ".env", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "PIPELINE_TEST_SECRETS=cmd://x"},
		tar.Header{Name: "sub/.env", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "a=b"},
		tar.Header{Name: ".gitkeep", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: ""},
	), dir, ".env")
	if got, want := strings.Join(left, " "), ".git .git/hooks/post-checkout sub/.GIT .env"; err != nil || got != want {
		t.Errorf("left out %s, want %s: %v", got, want, err)
	}
	for name, want := range map[string]bool{".git": false, "sub/.GIT": false, ".env": false, "sub/.env": true, ".gitkeep": true} {
		if _, err := os.Lstat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnpackTakesTheUmask: nothing is wider than it allows.
func TestUnpackTakesTheUmask(t *testing.T) {
	umask(t, 0o077)
	dir := t.TempDir()
	if _, err := unpack(archive(t,
		tar.Header{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o777},
		tar.Header{Name: "d/f", Typeflag: tar.TypeReg, Mode: 0o777, Linkname: "f"},
	), dir); err != nil {
		t.Fatal(err)
	}
	p := filepath.Join(dir, "file")
	if err := files.Write(p, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"d", "d/f", "file"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestUnpackReplacesAndKeeps: what is there already stays, unless something of its
// name comes, also where it is a link to somewhere else.
func TestUnpackReplacesAndKeeps(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"kept": "k", "file": "old"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"folder", "link"} {
		if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "was-folder/deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(archive(t,
		tar.Header{Name: "file", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "new"},
		tar.Header{Name: "folder/", Typeflag: tar.TypeDir, Mode: 0o755},
		tar.Header{Name: "folder/in", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "in"},
		tar.Header{Name: "link", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "text"},
		tar.Header{Name: "was-folder", Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "file"},
	), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"kept": "k", "file": "new", "folder/in": "in", "link": "text", "was-folder": "file"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if found, _ := os.ReadDir(outside); len(found) > 0 {
		t.Errorf("wrote outside: %v", found)
	}
}

// TestUnpackStaysInTheFolder makes trees of folders and links at random: no link
// of them leads outside, over whatever other links.
func TestUnpackStaysInTheFolder(t *testing.T) {
	rng := rand.New(rand.NewSource(7))
	parts := []string{"..", "..", ".", "a", "b", "c", "l1", "l2", "", "/"}
	for round := range 500 {
		top := t.TempDir()
		dir := filepath.Join(top, "one", "two")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		var entries []tar.Header
		for _, folder := range []string{"a", "a/b", "a/b/c", "b"} {
			entries = append(entries, tar.Header{Name: folder + "/", Typeflag: tar.TypeDir, Mode: 0o755})
		}
		for _, folder := range []string{"", "a/", "a/b/", "a/b/c/"} {
			for _, link := range []string{"l1", "l2"} {
				var target []string
				for range 1 + rng.Intn(5) {
					target = append(target, parts[rng.Intn(len(parts))])
				}
				if to := strings.Join(target, "/"); to != "" {
					entries = append(entries, tar.Header{Name: folder + link, Typeflag: tar.TypeSymlink, Linkname: to})
				}
			}
		}
		if _, err := unpack(archive(t, entries...), dir); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		err := filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			to, err := filepath.EvalSymlinks(p)
			if err == nil && to != dir && !strings.HasPrefix(to, dir+"/") {
				return fmt.Errorf("%s leads to %s", p, to)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		_ = os.RemoveAll(top)
	}
}

// TestUnpackRefusesNamesOutside: an archive whose names lead out writes nothing.
func TestUnpackRefusesNamesOutside(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "in")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../out", "/" + top + "/out", "a/../../out"} {
		_, err := unpack(archive(t, tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Linkname: "x"}), dir)
		if err == nil {
			t.Errorf("%s: taken", name)
		}
		if _, err := os.Lstat(filepath.Join(top, "out")); err == nil {
			t.Fatalf("%s: written", name)
		}
	}
}
