package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// notProjects are directories in which no project is looked for.
var notProjects = []string{"node_modules", "venv", "site-packages", "fixtures", "testdata", "dist", "build"}

// projectsIn are the directories of a source that have a pyproject.toml.
func projectsIn(files fs.FS) (out []string, err error) {
	err = Search(files, notProjects, func(dir string, names []string) {
		if slices.Contains(names, "pyproject.toml") {
			out = append(out, dir)
		}
	})
	slices.Sort(out)
	return out, err
}

// noProject is the error for a directory without a pyproject.toml.
func noProject(ctx context.Context, source *dagger.Directory, dir string) error {
	found, err := projectsIn(sourceFS{ctx, source})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		files, err := requirementsIn(sourceFS{ctx, source.Directory(dir)})
		if err == nil && len(files) > 0 {
			return fmt.Errorf("reading the source: no %s: there is %s: write one with the table [tool.pipeline] and requirements = [%s] in it, that of what is deployed first", path.Join(dir, "pyproject.toml"), strings.Join(files, ", "), quoted(files))
		}
	}
	return missing{dir, found}
}

// missing says that a directory has no Python project, and which directories have one.
type missing struct {
	dir   string
	found []string
}

func (m missing) Error() string {
	which := whichProject(m.found)
	if m.isLink() {
		which = "it is a link that leads to nothing in the source: put the file in its place"
	}
	return fmt.Sprintf("reading the source: no %s: %s", path.Join(m.dir, "pyproject.toml"), which)
}

// isLink tells whether the file has its name in the directory, and is none.
func (m missing) isLink() bool { return slices.Contains(m.found, path.Clean(m.dir)) }

// ProjectElsewhere is the error for a directory without a Python project where others of the source have one.
func ProjectElsewhere(ctx context.Context, source *dagger.Directory, dir string) error {
	_, err := readPyproject(ctx, source, dir)
	return elsewhere(err)
}

// elsewhere leaves out what else is the matter with a directory.
func elsewhere(err error) error {
	var m missing
	if errors.As(err, &m) && len(m.found) > 0 && !m.isLink() {
		return err
	}
	return nil
}

// shownProjects is how many projects an error names.
const shownProjects = 6

func whichProject(found []string) string {
	switch n := len(found); {
	case n == 0:
		return "is this the root of a Python project? name it with --source, or its directory in the source with --project"
	case n == 1:
		return fmt.Sprintf("there is one in %s: name it with --project %s", found[0], found[0])
	case n > shownProjects:
		return fmt.Sprintf("there is one in %s and %d more directories: name one of them, as in --project %s", strings.Join(found[:shownProjects], ", "), n-shownProjects, found[0])
	}
	return fmt.Sprintf("there is one in %s: name one of them, as in --project %s", strings.Join(found, ", "), found[0])
}
