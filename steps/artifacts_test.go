package steps

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Given artifacts have the same order as built ones: var.artifact is the first, and a
// plan's fingerprint covers them in order.
func TestOrderOfArtifacts(t *testing.T) {
	paths := []string{"dist/api.zip", "dist/worker.zip", "layer.zip", "other.txt"}
	for _, test := range []struct{ patterns, want []string }{
		{nil, paths},
		{[]string{"dist/*.zip"}, paths},
		{[]string{"layer.zip", "./dist/*.zip"}, []string{"layer.zip", "dist/api.zip", "dist/worker.zip", "other.txt"}},
		{[]string{"dist/worker.zip", "dist/*.zip"}, []string{"dist/worker.zip", "dist/api.zip", "layer.zip", "other.txt"}},
	} {
		got := slices.Clone(paths)
		slices.SortFunc(got, inOrder(test.patterns))
		if !slices.Equal(got, test.want) {
			t.Errorf("with %q: %q, want %q", test.patterns, got, test.want)
		}
	}
}

// A build packs a pointer of Git LFS as it packs any file; what it stands for is missing then.
func TestArtifactWithPointer(t *testing.T) {
	for name, test := range map[string]struct{ make, want string }{
		"a pointer":   {"z.writestr('shop/model.bin', b'version https://git-lfs.github.com/spec/v1\\noid sha256:00\\nsize 9\\n')", "refused: shop/model.bin in dist/api.zip is a pointer of Git LFS, and not the file:"},
		"small files": {"z.writestr('shop/model.bin', b'version https://example.com, which is another text')", "given"},
		"no archive":  {"z.close(); open('dist/api.zip', 'wb').write(b'version https://git-lfs')", "given"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			script := "import os, sys, zipfile\nsys.path.insert(0, sys.argv[1])\nimport artifacts, command\nartifacts.OUT, artifacts.LIST = sys.argv[2], sys.argv[2] + '/list'\n" +
				"os.mkdir('dist')\nz = zipfile.ZipFile('dist/api.zip', 'w')\n" + test.make + "\nz.close()\n" +
				"try:\n    artifacts.collect(['dist/*.zip'])\n    print('given')\nexcept command.Refused as e:\n    print('refused:', e)\n"
			run := exec.Command("python3", "-B", "-c", script, pythonHome, out)
			run.Dir = t.TempDir()
			said, err := run.CombinedOutput()
			if err != nil || !strings.HasPrefix(string(said), test.want) {
				t.Errorf("%v: %s, want %q", err, said, test.want)
			}
			if _, err := os.Stat(filepath.Join(out, "dist/api.zip")); (err == nil) != (test.want == "given") {
				t.Errorf("the artifact: %v", err)
			}
		})
	}
}

// An artifact outside of the project is in the directory of all under a name of its own,
// and is nowhere outside of the source.
func TestPlaceOfArtifacts(t *testing.T) {
	for name, want := range map[string]string{
		"dist/a.zip": "dist/a.zip", "./a.zip": "a.zip", "../a.zip": "%2E%2E/a.zip", "../../a/../b.zip": "%2E%2E/%2E%2E/b.zip", "a..b": "a..b",
	} {
		if got := placed(name); got != want || unplaced(got) != path.Clean(name) {
			t.Errorf("%s: %q, and back %q", name, got, unplaced(got))
		}
	}
	for name, inside := range map[string]bool{"a.zip": true, "../a.zip": true, "../../a.zip": true, "../../../a.zip": false, "../../..": false, "x/../../../../a": false} {
		if err := withinSource("services/api", name); (err == nil) != inside {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files of a directory that the table names are that directory again for the job that deploys it.
func TestTogether(t *testing.T) {
	names := []string{"a.zip", "layer/python/x.py", "layer/python/y/z.py", "layer/python.zip", "%2E%2E/out/a"}
	got := together(slices.Clone(names), []string{"a.zip", "./layer/python", "../out", "none"})
	if want := []string{"a.zip", "layer/python.zip", "layer/python/", "%2E%2E/out/"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// collected runs python/artifacts.py in a project, and gives the list and what was said.
func collected(t *testing.T, project string, patterns ...string) (names []string, out, said string) {
	t.Helper()
	out = t.TempDir()
	script := `import sys
sys.path.insert(0, sys.argv[1])
import artifacts, command
artifacts.OUT, artifacts.LIST = sys.argv[2], sys.argv[2] + ".list"
try:
    artifacts.remove(sys.argv[3:])
    artifacts.collect(sys.argv[3:])
except command.Refused as e:
    print(e)`
	run := exec.Command("python3", append([]string{"-B", "-c", script, pythonHome, out}, patterns...)...)
	run.Dir = project
	text, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	list, _ := os.ReadFile(out + ".list")
	return strings.Fields(string(list)), out, strings.TrimSpace(string(text))
}

func TestCollectedArtifacts(t *testing.T) {
	for name, test := range map[string]struct {
		patterns, want []string
		says           string
	}{
		"a directory":            {[]string{"layer/python"}, []string{"layer/python/"}, "layer/python is in the source"},
		"out of the project":     {[]string{"../shared/layer"}, []string{"%2E%2E/shared/layer/"}, "../shared/layer is in the source"},
		"one by a pattern":       {[]string{"layer/p*"}, nil, "layer/python is a directory, not a file"},
		"empty":                  {[]string{"empty"}, nil, "empty is an empty directory"},
		"a link to nothing":      {[]string{"broken"}, nil, "broken/link cannot be taken: "},
		"a name that stands for": {[]string{"%2E%2E"}, nil, "%2E%2E has a name that stands for .. here"},
	} {
		t.Run(name, func(t *testing.T) {
			source := tree(t, map[string]string{"api/layer/python/x/y.py": "y", "api/broken/a": "", "api/%2E%2E/a": "", "shared/layer/z.py": "z"})
			dir := filepath.Join(source, "api")
			for _, err := range []error{
				os.Mkdir(filepath.Join(dir, "empty"), 0o755),
				os.Symlink("none", filepath.Join(dir, "broken/link")),
				os.Symlink("x", filepath.Join(dir, "layer/python/link")),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			names, out, said := collected(t, dir, test.patterns...)
			if !slices.Equal(names, test.want) || !strings.Contains(said, test.says) {
				t.Errorf("%q, %q; want %q, %q", names, said, test.want, test.says)
			}
			if name == "a directory" {
				for _, file := range []string{"layer/python/x/y.py", "layer/python/link/y.py"} {
					if text, err := os.ReadFile(filepath.Join(out, file)); string(text) != "y" {
						t.Errorf("%s: %q, %v", file, text, err)
					}
				}
			}
		})
	}
}
