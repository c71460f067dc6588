package steps

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/project"
)

var pythonHome, _ = filepath.Abs("python")

// packed runs python/pack.py on the machine, and gives the archive or what was refused.
func packed(t *testing.T, told packing) (archive []byte, refused string) {
	t.Helper()
	told.Name, told.Code = "artifact.zip", append([]string{"src"}, told.Code...)
	told.Installed, told.Dirs, told.Roots, told.Files, told.Handlers = list(told.Installed), list(told.Dirs), list(told.Roots), list(told.Files), list(told.Handlers)
	spec, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	script := `import json, sys
sys.path.insert(0, sys.argv[1])
import artifacts, command, pack
assert (pack.ZIPPED, pack.UNZIPPED) == (52428800, 262144000)
pack.MB, pack.ZIPPED, pack.UNZIPPED = 1024, 50 * 1024, 250 * 1024 # a test has no time for megabytes
artifacts.OUT, artifacts.LIST = sys.argv[2], sys.argv[2] + "/list"
try:
    pack.pack(json.loads(sys.argv[3]))
except command.Refused as e:
    print(e)`
	run := exec.Command("python3", "-B", "-c", script, pythonHome, out, string(spec))
	if len(told.Dirs) > 0 {
		run.Dir = told.Dirs[0]
	}
	text, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	archive, _ = os.ReadFile(filepath.Join(out, "artifact.zip"))
	return archive, strings.TrimSpace(string(text))
}

// tree writes files; one whose text begins with #! can be executed.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o775
		}
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(t *testing.T, archive []byte) []string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range r.File {
		out = append(out, f.Name)
	}
	return out
}

// The same files give the same bytes, whenever and in whatever order they were installed.
func TestPackedBytes(t *testing.T) {
	installed := map[string]string{
		"lib/__init__.py": "x = 1\n", "lib/run.sh": "#!/bin/sh\n", "lib/__pycache__/a.pyc": "1",
		"lib-1.dist-info/RECORD": "lib/__init__.py,,\nlib-1.dist-info/direct_url.json,sha256=1,2\nlib/run.sh,,\n", "lib-1.dist-info/direct_url.json": "{1}", ".lock": "",
	}
	first, refused := packed(t, packing{Installed: []string{tree(t, installed)}, Architecture: "x86_64"})
	if refused != "" {
		t.Fatal(refused)
	}
	if want := []string{"lib-1.dist-info/RECORD", "lib/__init__.py", "lib/run.sh"}; !slices.Equal(names(t, first), want) {
		t.Errorf("the archive has %q, want %q", names(t, first), want)
	}
	installed["lib-1.dist-info/RECORD"] = "lib/run.sh,,\nlib-1.dist-info/direct_url.json,sha256=2,2\nlib/__init__.py,,\n"
	installed["lib-1.dist-info/direct_url.json"] = "{2}"
	dir := tree(t, installed)
	if err := os.Chmod(filepath.Join(dir, "lib/__init__.py"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, _ := packed(t, packing{Installed: []string{dir}, Architecture: "x86_64"})
	if !bytes.Equal(first, second) {
		t.Error("the same files gave another archive")
	}
	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		want := os.FileMode(0o644)
		if f.Name == "lib/run.sh" {
			want = 0o755
		}
		if f.Mode() != want {
			t.Errorf("%s has the mode %v, want %v", f.Name, f.Mode(), want)
		}
	}
}

// Two projects of the repository with one path in the package are refused: one of them
// would be gone. What is the same in both is no loss.
func TestPackedTwice(t *testing.T) {
	a := tree(t, map[string]string{"main.py": "a", "both/__init__.py": ""})
	b := tree(t, map[string]string{"main.py": "b", "both/__init__.py": ""})
	_, refused := packed(t, packing{Dirs: []string{a, b}, Architecture: "x86_64"})
	if want := a + "/main.py and " + b + "/main.py are both main.py in the package"; !strings.HasPrefix(refused, want) {
		t.Errorf("refused %q, want %q", refused, want)
	}
	_, refused = packed(t, packing{Installed: []string{tree(t, map[string]string{"main.py": "of a wheel"})}, Dirs: []string{b}, Architecture: "x86_64"})
	if !strings.Contains(refused, "are both main.py") {
		t.Errorf("refused %q, and a wheel's module is gone", refused)
	}
}

// What the function could not load or Lambda would not take is refused.
func TestPackedIsRefused(t *testing.T) {
	noise := make([]byte, 51<<10)
	rand.New(rand.NewSource(1)).Read(noise)
	elf := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 11) + "\x3e\x00" // x86-64
	big := map[string]string{"big/data": string(noise), "big-1.0.dist-info/RECORD": "big/data,,\nbig-1.0.dist-info/RECORD,,\n", "small/__init__.py": "1"}
	huge := map[string]string{"a/zeros": strings.Repeat("\x00", 200<<10), "b/zeros": strings.Repeat("\x00", 60<<10)}
	for _, test := range []struct {
		name  string
		files map[string]string
		told  packing
		want  string
	}{
		{"another machine", map[string]string{"fast/core.so": elf}, packing{Architecture: "arm64"}, "fast/core.so is made for another machine than arm64"},
		{"its machine", map[string]string{"fast/core.so": elf}, packing{Architecture: "x86_64"}, ""},
		{"too large", big, packing{Architecture: "x86_64"}, "the package has 51 MB zipped, and Lambda takes 50 MB directly; the largest in it: big 51.0 MB, small 0.0 MB"},
		{"not too large for S3", big, packing{Architecture: "x86_64", Upload: "s3"}, ""},
		{"too large unzipped", huge, packing{Architecture: "x86_64", Upload: "s3"}, "the package has 260 MB unzipped, and Lambda takes 250 MB; the largest in it: a 200.0 MB, b 60.0 MB"},
		{"nothing", nil, packing{Architecture: "x86_64"}, "there is nothing to pack"},
	} {
		test.told.Installed = []string{tree(t, test.files)}
		if _, refused := packed(t, test.told); !strings.HasPrefix(refused, test.want) || test.want == "" && refused != "" {
			t.Errorf("%s: refused %q, want %q", test.name, refused, test.want)
		}
	}
}

func TestPackedName(t *testing.T) {
	for _, test := range []struct {
		settings  project.Package
		want, err string
	}{
		{project.Package{}, "artifact.zip", ""},
		{project.Package{Artifacts: []string{"dist/api.zip"}}, "dist/api.zip", ""},
		{project.Package{Artifacts: []string{"dist/*.zip"}}, "", "the package is one file"},
		{project.Package{Artifacts: []string{"a.zip", "b.zip"}}, "", "the package is one file"},
		{project.Package{Artifacts: []string{"../a.zip"}}, "%2E%2E/a.zip", ""},
		{project.Package{Command: "make zip"}, "", "has command and lambda"},
	} {
		name, err := packedName(test.settings)
		if name != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: %q, %v, want %q, %q", test.settings, name, err, test.want, test.err)
		}
	}
}
