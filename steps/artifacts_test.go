package steps

import (
	"os"
	"os/exec"
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
