package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// withFakeUV runs scripts of the image where uv says what it was asked to do.
func withFakeUV(t *testing.T, text string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	uv := `#!/bin/sh
[ "$2" = freeze ] && { printf 'six==1.16.0\nours @ file:///app\n'; exit; }
for last; do :; done
echo "uv $* <$(tr '\n' ' ' <"$last")>" >>"$SAID"
[ "$1" != --constraint ] || echo "constraints <$(cat "$2")>" >>"$SAID"
`
	if err := os.WriteFile(filepath.Join(dir, "uv"), []byte(uv), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", text, "script"}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "SAID=" + filepath.Join(dir, "said")}
	for name, requirements := range map[string]string{"loose.txt": "six\n", "hashed.txt": "six==1.16.0 --hash=sha256:00\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(requirements), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said, err := os.ReadFile(filepath.Join(dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

// Where a file leaves a choice, what is packed has the versions that the tests ran with.
func TestPackedIsWhatWasTested(t *testing.T) {
	got := withFakeUV(t, "install() { uv \"$@\"; }\n"+script("packed-requirements"), "loose.txt", "hashed.txt")
	for _, want := range []string{"--requirements loose.txt <six >\nconstraints <six==1.16.0>\n", "uv --requirements hashed.txt "} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Where it cannot be said what the tests ran with, nothing else is taken in its place.
func TestPackedFailsWithoutVersions(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "uv() { return 1; }; install() { echo installed; }\n"+script("packed-requirements"), "script", "loose.txt")
	if out, err := cmd.CombinedOutput(); err == nil || strings.Contains(string(out), "installed") {
		t.Errorf("%v: %s", err, out)
	}
}

// Two packages may need versions of one build backend that exclude each other.
func TestBackendsOfEachPackage(t *testing.T) {
	got := withFakeUV(t, script("fetch-backends"), "uv_build>=0.8,<0.9\nsetuptools >= 40", "uv_build>=0.9,<0.10")
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "<uv_build>=0.8,<0.9 setuptools >= 40 >") || !strings.HasSuffix(lines[1], "<uv_build>=0.9,<0.10 >") {
		t.Errorf("asked for\n%s", got)
	}
}

// An engine that is kept must not give the last week's packages under this week's name.
func TestWeekIsInTheCommand(t *testing.T) {
	if a, b := (installer{week: "2026-W48"}).command(), (installer{week: "2026-W49"}).command(); a[3] == b[3] || a[3] != "install-dependencies 2026-W48" {
		t.Errorf("%q and %q", a[3], b[3])
	}
}

// What a file with hashes fixes stays as it is, whatever the files beside it ask for and in
// whatever order they are named.
func TestHashesAreKept(t *testing.T) {
	dir := t.TempDir()
	pip := `#!/bin/sh
if [ "$1" = freeze ]; then cat "$SAID.all" 2>/dev/null; exit; fi
while [ $# -gt 0 ]; do
  case $1 in
    --no-deps) echo "without dependencies" >>"$SAID" ;;
    --constraint) echo "constraints <$(tr '\n' ' ' <"$2")>" >>"$SAID"; shift ;;
    --requirement=*) echo "$1" >>"$SAID"; echo "$(sed 's/ .*//' "${1#*=}")" >>"$SAID.all"; echo 'mine @ file:///app' >>"$SAID.all" ;;
  esac
  shift
done
`
	for name, text := range map[string]string{"bin/pip": pip, "loose.txt": "moto\n", "hashed.txt": "six==1.16.0 --hash=sha256:00\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Replace(script("install-requirements"), "virtualenv="+virtualenv, "virtualenv="+dir, 1)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", text, "script", "--each", "--requirement=loose.txt", "--requirement=hashed.txt")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "SAID=" + filepath.Join(dir, "said")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said, err := os.ReadFile(filepath.Join(dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	want := "constraints <>\n--requirement=hashed.txt\nconstraints <six==1.16.0 >\n--requirement=loose.txt\n"
	if string(said) != want {
		t.Errorf("%s\nwant\n%s", said, want)
	}
}

// What git tracks is data of a package that setuptools-scm makes, and there is no git here.
func TestTrackedFilesArePacked(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"scm/pyproject.toml": "[build-system]\nrequires = [\"setuptools>=61\", \"setuptools_scm[toml]\"]\n", "own/setup.cfg": "[options]\nsetup_requires =\n  setuptools-scm\n",
		"own/MANIFEST.in": "prune src/orders/large\n", "none/pyproject.toml": "[build-system]\nrequires = [\"setuptools\"]\n", "none/MANIFEST.in": "include a.txt\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build, _, _ := strings.Cut(script("build-wheels"), "\n[ $# -eq 0 ]")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "uv() { for last; do :; done; echo \"$last: $(tr '\\n' ';' <$last/MANIFEST.in)\"; }\n"+build, "script", "scm", "own", "none")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if want := "scm: graft .;\nown: graft .;prune src/orders/large;\nnone: include a.txt;\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s\nwant\n%s", err, out, want)
	}
}
