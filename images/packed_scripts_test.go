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
