package steps

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dagger/pipeline/rootmodule"
)

// Limits of the search for a root module that nobody has named: its answer is a hint.
const (
	deepest     = 4
	mostEntries = 300
)

// noRoots are directories in which no root module of a project is.
var noRoots = []string{"modules", "module", "examples", "example", "tests", "test", "node_modules", "venv", "fixtures"}

// elsewhere are the directories of the source with Terraform files, from the project.
func (r *Run) elsewhere(ctx context.Context) (out []string, err error) {
	dirs := []string{"."}
	for n := 0; len(dirs) > 0 && n < mostEntries; n++ {
		dir := dirs[0]
		dirs = dirs[1:]
		entries, err := r.Source.Directory(dir).Entries(ctx)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(entries, rootmodule.Configures) {
			from, err := filepath.Rel(path.Clean(r.Settings.Project), dir)
			if err != nil {
				return nil, err
			}
			out = append(out, from)
		}
		for _, entry := range entries {
			name, isDir := strings.CutSuffix(entry, "/")
			if isDir && !strings.HasPrefix(name, ".") && !slices.Contains(noRoots, name) && strings.Count(dir, "/") < deepest {
				dirs = append(dirs, path.Join(dir, name))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// listed names the first few of some directories.
func listed(dirs []string) string {
	const most = 6
	if len(dirs) > most {
		return strings.Join(dirs[:most], ", ") + ", ..."
	}
	return strings.Join(dirs, ", ")
}
