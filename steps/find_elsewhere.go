package steps

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/rootmodule"
)

// noRoots are directories in which no root module of a project is.
var noRoots = []string{"modules", "module", "examples", "example", "tests", "test", "node_modules", "venv", "fixtures"}

// elsewhere are the directories of the source with Terraform files, from the project.
func (r *Run) elsewhere(ctx context.Context) (out []string, err error) {
	err = images.Search(images.Files(ctx, r.Source), noRoots, func(dir string, names []string) {
		if slices.ContainsFunc(names, rootmodule.Configures) {
			from, err := filepath.Rel(path.Clean(r.Settings.Project), dir)
			if err == nil { // both are paths in the source
				out = append(out, from)
			}
		}
	})
	slices.Sort(out)
	return out, err
}

// listed names the first few of some directories.
func listed(dirs []string) string {
	const most = 6
	if len(dirs) > most {
		return strings.Join(dirs[:most], ", ") + ", ..."
	}
	return strings.Join(dirs, ", ")
}
