package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// withRequired adds to a requirements file what the packages of the repository in it, and
// in those that it includes, require. A file with hashes has that already.
func (a App) withRequired(ctx context.Context, f found, file string, r reading) error {
	if strings.Contains(r.files[path.Join(Workdir, file)], "--hash=") {
		return nil
	}
	own := newReading()
	if err := a.requirements(ctx, f, file, own); err != nil {
		return err
	}
	for _, local := range *own.locals {
		lines, err := a.localRequires(ctx, f, local)
		if err != nil {
			return err
		}
		r.files[path.Join(Workdir, file)] += lines
		*r.loose = *r.loose || lines != ""
	}
	return nil
}

// localRequires is what a package of the repository requires, as lines. Where it stands in
// no [project] table, the package's build backend is asked.
func (a App) localRequires(ctx context.Context, f found, local project.LocalRequired) (string, error) {
	dir := path.Join(f.lockDir, local.Path) // pip reads paths from where it runs
	if strings.HasPrefix(dir, "..") {
		return "", fmt.Errorf("reading %s: a package is in %q, outside of the source: name the repository with --source and the project in it with --project", f.lockName, local.Path)
	}
	there, err := a.Source.Exists(ctx, path.Join(dir, "pyproject.toml"))
	if err != nil {
		return "", err
	}
	text := ""
	if there {
		if text, err = a.Source.File(path.Join(dir, "pyproject.toml")).Contents(ctx); err != nil {
			return "", err
		}
	}
	if lines, known := project.LocalRequires(text, local.Extras); known {
		return strings.Join(append(lines, ""), "\n"), nil
	}
	name, err := a.base(f)
	if err != nil {
		return "", err
	}
	base, err := a.Registry.from(ctx, name)
	if err != nil {
		return "", err
	}
	c := base.WithUser("root").WithDirectory(path.Join(Workdir, dir), a.Source.Directory(dir), dagger.ContainerWithDirectoryOpts{Exclude: []string{"artifact.zip"}})
	if c, err = a.fromSource(ctx, c, append([]string{"sh", "-c", findRequires, "find-requires", path.Join(Workdir, dir)}, local.Extras...)); err != nil {
		return "", err
	}
	if c, err = built(ctx, fmt.Sprintf("finding what the package in %q requires", dir), c, explainPip); err != nil {
		return "", err
	}
	return c.File("/tmp/requires").Contents(ctx)
}

// checkUnlocked refuses what of the table has no effect without a lock file that knows it.
func checkUnlocked(f found) error {
	extras, groups := slices.Clone(f.Settings.Package.Extras), []string{}
	if f.lockName == "pylock.toml" || f.lockName == pipfileLock {
		extras, groups = append(extras, f.Settings.Extras...), f.Settings.Groups
	}
	switch {
	case len(extras) > 0:
		return fmt.Errorf("reading pyproject.toml: [tool.pipeline] names the extra %q, and %s says itself what is installed: name it there, and take it out here", extras[0], f.lockName)
	case len(groups) > 0:
		return fmt.Errorf("reading pyproject.toml: [tool.pipeline] names the group %q, and %s says itself what is installed: lock it there, and take it out here", groups[0], f.lockName)
	}
	return nil
}
