package images

import (
	"errors"
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

// A directory without a project is refused only where there is one to name in its place.
func TestProjectElsewhere(t *testing.T) {
	const want = "reading the source: no pyproject.toml: there is one in services/a: name it with --project services/a"
	if err := elsewhere(missing{".", []string{"services/a"}}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	for _, other := range []error{nil, missing{dir: "."}, missing{"./", []string{".", "services/a"}}, errors.New("no lock file")} {
		if err := elsewhere(other); err != nil {
			t.Errorf("%v is refused", err)
		}
	}
	if err := (missing{"a", []string{"a", "b"}}); !strings.HasSuffix(err.Error(), "no a/pyproject.toml: it is a link that leads to nothing in the source: put the file in its place") {
		t.Error(err)
	}
}
