package steps

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// usualRoots are where projects have their root module that do not say it and have
// none in infra.
var usualRoots = []string{".", "terraform", "tf", "iac", "infrastructure", "deploy", "deployment", "infra/terraform", "infrastructure/terraform", "deploy/terraform", "deployment/terraform"}

// candidates are the directories of the source that may be the root module of a
// project that names none: infra, or else those of the usual ones with Terraform's files.
func (r *Run) candidates(ctx context.Context) ([]string, error) {
	return r.found.get(func() (out []string, err error) {
		if path.Clean(r.Settings.Project) != "." {
			there, err := r.Source.Exists(ctx, r.Settings.Project, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
			if err != nil || !there {
				return nil, err
			}
		}
		names, err := r.Source.Directory(r.Settings.Project).Entries(ctx)
		if err != nil {
			return nil, err
		}
		for _, root := range append([]string{defaultRoot}, usualRoots...) {
			ok, err := r.configures(ctx, root, names)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, path.Join(r.Settings.Project, root))
			}
			if ok && root == defaultRoot {
				break
			}
		}
		return out, nil
	})
}

// configures tells whether a directory of the project is there and has files of
// Terraform; names are the project's own.
func (r *Run) configures(ctx context.Context, dir string, names []string) (bool, error) {
	if dir != "." {
		first, below, _ := strings.Cut(dir, "/")
		if !slices.Contains(names, first+"/") {
			return false, nil
		}
		at := path.Join(r.Settings.Project, dir)
		if below != "" {
			if there, err := r.Source.Exists(ctx, at, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType}); err != nil || !there {
				return false, err
			}
		}
		var err error
		if names, err = r.Source.Directory(at).Entries(ctx); err != nil {
			return false, err
		}
	}
	return slices.ContainsFunc(names, rootmodule.Configures), nil
}

// theRoot is the root module of a project that names none.
func (r *Run) theRoot(ctx context.Context) (string, error) {
	infra := path.Join(r.Settings.Project, defaultRoot)
	found, err := r.candidates(ctx)
	switch {
	case err != nil:
		return infra, err
	case len(found) == 0:
		elsewhere, err := r.elsewhere(ctx)
		if err == nil && len(elsewhere) == 0 {
			err = onlyTerragrunt(images.Files(ctx, r.Source))
		}
		if err != nil || len(elsewhere) == 0 {
			return infra, err
		}
		return "", fmt.Errorf("looking for the root module: there are no Terraform files in %q, and some in %s: name one with --infra, or all that are deployed with roots in %s", infra, listed(elsewhere), settingsTable)
	case len(found) > 1:
		return "", fmt.Errorf("looking for the root module: there is none in %q, and Terraform files are in %s: name one with --infra, or all that are deployed with roots in %s", infra, strings.Join(found, ", "), settingsTable)
	case found[0] != infra:
		tell.Once(fmt.Sprintf("no Terraform files in %q: taking %q, the only directory with some (--infra names another)", infra, found[0]))
	}
	return found[0], nil
}

// allRoots are the paths in the source of all root modules that may be meant:
// what is in them is none of the tests' business.
func (r *Run) allRoots(ctx context.Context) ([]string, error) {
	read, err := r.Project(ctx)
	if err != nil {
		return nil, err
	}
	named := append([]string{cmp.Or(r.Infra, defaultRoot)}, read.Settings.Terraform.Roots...)
	if r.Infra == "" && len(named) == 1 {
		if found, err := r.candidates(ctx); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return r.rootsOf(ctx, named, "")
}
