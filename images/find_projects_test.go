package images

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// Projects further down in the source are named.
func TestProjectsAreNamed(t *testing.T) {
	many := ""
	for i := range 8 {
		many += fmt.Sprintf(" s/%d", i)
	}
	for name, test := range map[string]struct{ dirs, want string }{
		"none":       {"", "name it with --source, or its directory in the source with --project"},
		"one":        {"services/a", "there is one in services/a: name it with --project services/a"},
		"two":        {"services/b services/a", "there is one in services/a, services/b: name one of them, as in --project services/a"},
		"many":       {many, "there is one in s/0, s/1, s/2, s/3, s/4, s/5 and 2 more directories: name one of them, as in --project s/0"},
		"no project": {".venv/x node_modules/y a/b/c/d/e/too-deep venv", "name it with --source"},
	} {
		files := fstest.MapFS{"README.md": {}}
		for _, dir := range strings.Fields(test.dirs) {
			files[dir+"/pyproject.toml"] = &fstest.MapFile{}
		}
		found, err := projectsIn(files)
		if got := whichProject(found); err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
}
