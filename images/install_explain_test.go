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

// Other words in which setuptools and build tools say that there is no compiler.
func TestExplainNoCompiler(t *testing.T) {
	const add = "to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel"
	for said, want := range map[string]string{
		"  building 'a.b' extension\n  error: [Errno 2] No such file or directory: 'gcc'\n":       "the compiler gcc: add it " + add,
		"  error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-g++-12'\n":               "the compiler x86_64-linux-gnu-g++-12: add it " + add,
		"  Exception: you need a C compiler to build uWSGI\n":                                     "a C compiler: add one " + add,
		"configure: error: no acceptable C compiler found in $PATH\n":                             "a C compiler: add one " + add,
		"../meson.build:1:0: ERROR: Unknown compiler(s): [['icc'], ['cc'], ['gcc'], ['clang']]\n": "a C compiler: add one " + add,
		"CMake Error at CMakeLists.txt:2 (project):\n  No CMAKE_CXX_COMPILER could be found.\n":   "a C compiler: add one " + add,
		"  error: [Errno 2] No such file or directory: 'README.md'\n":                             "",
	} {
		if want != "" {
			want = "a package is built from source and needs " + want
		}
		if got := ExplainInstall(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
