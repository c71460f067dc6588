package images

import (
	"context"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// gathered is what there is to pack of a project: what its lock file names, and
// the project with the packages of the repository that it uses.
type gathered struct {
	found
	inputs *dagger.Directory
	// packages are the directories of packages in the container, plain those of the
	// source that hold none, and backends what building each of the packages needs, by lines.
	packages, plain, backends []string
}

// gather reads the project, for a use of it; roots are Terraform's root modules.
func (a App) gather(ctx context.Context, use project.Use, roots []string) (g gathered, err error) {
	if g.found, err = a.find(ctx); err != nil {
		return g, err
	}
	dirs, err := a.localDirs(ctx, g.found, use)
	if err != nil {
		return g, err
	}
	for _, dir := range dirs {
		d, err := a.distribution(ctx, dir, g.found)
		if err != nil {
			return g, err
		}
		if !d.Installed && !d.Build {
			g.plain = append(g.plain, dir)
			continue
		}
		g.packages = append(g.packages, path.Join(Workdir, dir))
		if len(d.Backend) == 0 {
			d.Backend = []string{"setuptools>=40.8.0"} // as PEP 517 has it
		}
		g.backends = append(g.backends, strings.Join(slices.Sorted(slices.Values(d.Backend)), "\n"))
	}
	slices.Sort(g.backends)
	g.backends = slices.Compact(g.backends)
	g.inputs, err = a.Inputs(ctx, dirs, roots)
	return g, err
}

// plainDirs are the directories of plain in the container.
func (g gathered) plainDirs() (out []string) {
	for _, dir := range g.plain {
		out = append(out, path.Join(Workdir, dir))
	}
	return out
}

// texts may name indexes that ask for a login.
func (g gathered) texts() map[string]string {
	return map[string]string{"lock": g.lock, "pyproject": g.pyproject}
}

// withTools adds what exports the lock file and builds packages.
func (g gathered) withTools(manager []string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		return c.
			WithExec(append([]string{"sh", "-c", addTools, "add-tools"}, manager...)).
			WithExec(append([]string{"sh", "-c", fetchBackends, "fetch-backends"}, g.backends...)).
			WithWorkdir(path.Join(Workdir, g.lockDir))
	}
}
