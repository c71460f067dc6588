package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// Artifacts are what the caller passes to deploy instead of what is built: one
// file, or several at their paths in the project.
type Artifacts struct {
	File  *dagger.File
	Files *dagger.Directory
}

// given is the package of the caller's artifacts; it is empty where there are none.
func (r *Run) given(ctx context.Context, given Artifacts) (Package, error) {
	if given.File == nil && given.Files == nil {
		return Package{}, nil
	}
	if given.File != nil && given.Files != nil {
		return Package{}, errors.New("taking the artifacts: --artifact and --artifacts are given: give one of them")
	}
	read, err := r.Project(ctx)
	if err != nil {
		return Package{}, err
	}
	out := Package{Files: given.Files}
	if given.File != nil {
		out = Given(given.File, read.Settings.Package)
	} else if out.Paths, err = filesIn(ctx, given.Files, ""); err != nil {
		return Package{}, err
	} else if len(out.Paths) == 0 {
		return Package{}, errors.New("taking the artifacts: the directory of --artifacts is empty: give what build-artifacts has exported")
	}
	for _, name := range out.Paths {
		if err := withinSource(r.Settings.Project, unplaced(name)); err != nil {
			return Package{}, fmt.Errorf("taking the artifacts: %w", err)
		}
	}
	out.Paths = together(out.Paths, read.Settings.Package.Artifacts)
	slices.SortStableFunc(out.Paths, inOrder(read.Settings.Package.Artifacts))
	out.At = r.Settings.Project
	return out, nil
}

// inOrder is the order in which a build gives its artifacts: that of the patterns
// which name them, then that of their paths.
func inOrder(patterns []string) func(a, b string) int {
	index := func(name string) int {
		i := slices.IndexFunc(patterns, func(pattern string) bool {
			ok, err := path.Match(placed(pattern), strings.TrimSuffix(name, "/"))
			return err == nil && ok
		})
		if i < 0 {
			return len(patterns)
		}
		return i
	}
	return func(a, b string) int {
		if d := index(a) - index(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	}
}

// outside is written for each .. that leads an artifact's path out of the project: all
// artifacts are in one directory, which a job can export and another one pass on.
const outside = "%2E%2E"

// placed is the path of an artifact in that directory.
func placed(name string) string {
	parts := strings.Split(path.Clean(name), "/")
	for i, part := range parts {
		if part == ".." {
			parts[i] = outside
		}
	}
	return strings.Join(parts, "/")
}

// unplaced is the path in the project of an artifact in that directory.
func unplaced(name string) string {
	if inner, ok := strings.CutPrefix(name, outside+"/"); ok {
		return "../" + unplaced(inner)
	}
	return name
}

func isDirectory(name string) bool { return strings.HasSuffix(name, "/") }

// withinSource refuses an artifact that would be outside of the source.
func withinSource(dir, name string) error {
	if at := path.Join(dir, name); at == ".." || strings.HasPrefix(at, "../") {
		return fmt.Errorf("%q is outside of the source: name a path in it", name)
	}
	return nil
}

// together gives the directory in place of all files in one that the table names.
func together(names, artifacts []string) []string {
	for _, artifact := range artifacts {
		dir := placed(artifact) + "/"
		inside := func(name string) bool { return strings.HasPrefix(name, dir) }
		if slices.ContainsFunc(names, inside) {
			names = append(slices.DeleteFunc(names, inside), dir)
		}
	}
	return names
}

// filesIn are the paths of all files in a directory.
func filesIn(ctx context.Context, dir *dagger.Directory, at string) ([]string, error) {
	names, err := dir.Entries(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range names {
		inner, isDir := strings.CutSuffix(name, "/")
		if !isDir {
			out = append(out, path.Join(at, name))
			continue
		}
		below, err := filesIn(ctx, dir.Directory(inner), path.Join(at, inner))
		if err != nil {
			return nil, err
		}
		out = append(out, below...)
	}
	return out, nil
}
