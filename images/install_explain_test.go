package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What testdata/failures/record.py recorded of installations that really failed,
// and the line that each gives.
func TestExplainRealInstallations(t *testing.T) {
	const image = ": name another image with --python-image, or python in [tool.pipeline]"
	wants := map[string]string{
		"python-too-old":      "the image has Python 3.11.7, p requires >=3.99" + image,
		"python-too-new":      "the image has Python 3.11.7, p requires <3.8" + image,
		"index-refuses-login": "the package index at http://packages.example.com refuses the login (401): give one with --install-secrets",
		"git-wants-login":     "the git server at http://packages.example.com refuses the login: give one with --install-secrets",
		"git-refuses-login":   "the git server at http://packages.example.com refuses the login: give one with --install-secrets",
		"rust-missing":        "a package is built from source and needs Rust: take an image for which it has a wheel, or add cargo to system-packages in [tool.pipeline]",
		"compiler-missing":    "a package is built from source and needs the compiler x86_64-linux-gnu-gcc-of-old: add it to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel",
		"poetry-other-bytes":  "the package index serves other bytes for private than the lock file names: their hash is another one: find out who changed them before you lock again",
		"header-missing":      "a package is built from source and needs the header no-such-library.h: add the package that has it to system-packages in [tool.pipeline]",
	}
	files, err := filepath.Glob("testdata/failures/*.txt")
	if err != nil || len(files) != len(wants) {
		t.Errorf("%d recorded failures, %d lines for them (%v)", len(files), len(wants), err)
	}
	for _, file := range files {
		output, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if got := ExplainInstall(string(output)); got != wants[name] {
			t.Errorf("%s:\n got %s\nwant %s", name, got, wants[name])
		}
	}
}
