package images

import (
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
