package steps

import (
	"context"
	"fmt"
	"io/fs"
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

// onlyTerragrunt refuses a project without Terraform's files whose root modules are written
// by Terragrunt.
func onlyTerragrunt(source fs.FS) error {
	found := ""
	err := images.Search(source, noRoots, func(dir string, names []string) {
		if i := slices.Index(names, "terragrunt.hcl"); found == "" && i >= 0 {
			found = path.Join(dir, names[i])
		}
	})
	if err == nil && found != "" {
		err = fmt.Errorf("looking for the root module: there are no Terraform files, and %s is Terragrunt's, which the pipeline does not run: write the root module as *.tf files, and name it with --infra", found)
	}
	return err
}

// listed names the first few of some directories.
func listed(dirs []string) string {
	const most = 6
	if len(dirs) > most {
		return strings.Join(dirs[:most], ", ") + ", ..."
	}
	return strings.Join(dirs, ", ")
}
