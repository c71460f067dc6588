package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"dagger/pipeline/project"
)

// What is locked for tests alone is in no package.
func TestPylockNames(t *testing.T) {
	f := found{names: []string{"pylock.dev.toml", "pylock.docs.toml", "pylock.test.toml", "pylock.toml"}}
	if got := f.pylockNames(project.ForTests); !slices.Equal(got, []string{"pylock.toml", "pylock.dev.toml", "pylock.test.toml"}) {
		t.Errorf("for tests %q", got)
	}
	if got := f.pylockNames(project.ForPackage); !slices.Equal(got, []string{"pylock.toml"}) {
		t.Errorf("for the package %q", got)
	}
	f.Settings.WithoutGroups = []string{"dev"}
	if got := f.pylockNames(project.ForTests); slices.Contains(got, "pylock.dev.toml") {
		t.Errorf("without the group %q", got)
	}
}

// Each file is installed with its own groups, and one that fails ends it.
func TestInstallPylock(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "uv"), []byte("#!/bin/sh\necho \"$@\"\n[ \"$6\" != broken ]\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := scripts.ReadFile("scripts/install-pylock.sh")
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("sh", "-c", string(text), "install-dependencies", "--group=default", "--group=dev", "pylock.toml", "broken", "pylock.test.toml")
	run.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
	said, err := run.Output()
	const want = "pip install --preview-features pylock --group=default --group=dev --requirements pylock.toml\npip install --preview-features pylock --requirements broken\n"
	if string(said) != want || err == nil {
		t.Errorf("%v: %q, want %q", err, said, want)
	}
}
