package images

import (
	"context"
	"fmt"
	"path"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// defaultUV reads the lock files of all versions so far.
const defaultUV = "0.13.9"

// uv installs a uv.lock: the default groups, and those that the project asks for.
func (a App) uv(ctx context.Context, f found) (installer, error) {
	files := map[string]string{path.Join(Workdir, f.lockDir, "uv.lock"): project.WithoutVersions(f.lock)}
	locals, err := project.LocalPackages(f.lock)
	if err != nil {
		return installer{}, err
	}
	own, err := a.uvSettings(ctx, f.lockDir)
	if err != nil {
		return installer{}, err
	}
	if own != "" {
		files[path.Join(Workdir, f.lockDir, "uv.toml")] = own
	}
	dirs := map[string]bool{f.lockDir: true, path.Clean(a.Path): true}
	var arguments []string
	for _, local := range locals {
		if !local.File { // its source is not there yet: see Installed
			dirs[path.Join(f.lockDir, local.Path)] = true
			arguments = append(arguments, "--no-install-package="+local.Name)
		}
	}
	check := "--locked"
	for _, dir := range sortedKeys(dirs) {
		pyproject, err := read(ctx, a.Source, path.Join(dir, "pyproject.toml"), "uv.lock names it: run `uv lock` and commit the file")
		if err != nil {
			return installer{}, err
		}
		if project.DynamicRequires(pyproject) {
			check = unchecked(dir)
		}
		if files[path.Join(Workdir, dir, "pyproject.toml")], err = project.UVDependencyProject(pyproject); err != nil {
			return installer{}, err
		}
	}
	archives, err := a.archives(f)
	if err != nil {
		return installer{}, err
	}
	for _, extra := range f.Settings.Extras {
		arguments = append(arguments, "--extra="+extra)
	}
	for _, group := range f.Settings.Groups {
		arguments = append(arguments, "--group="+group)
	}
	for _, group := range f.Settings.WithoutGroups {
		arguments = append(arguments, "--no-group="+group)
	}
	manager, err := a.uvManager(ctx, f)
	if err != nil {
		return installer{}, err
	}
	return installer{
		manager:   []string{manager},
		script:    installUV,
		arguments: append([]string{"sync", check, "--inexact", "--no-install-project", "--no-install-workspace"}, arguments...),
		files:     files,
		archives:  archives,
		explain:   explainUV,
	}, nil
}

// uvSettings is the text of a uv.toml beside uv.lock: it takes the place of [tool.uv].
func (a App) uvSettings(ctx context.Context, dir string) (string, error) {
	there, err := a.Source.Exists(ctx, path.Join(dir, "uv.toml"))
	if err != nil || !there {
		return "", err
	}
	return a.Source.File(path.Join(dir, "uv.toml")).Contents(ctx)
}

// uvManager is a pip requirement for uv: the version that the caller or the project
// names, else one that the project's required-version allows.
func (a App) uvManager(ctx context.Context, f found) (string, error) {
	if named := first(a.UV, f.Settings.UV); named != "" || f.lockName != "uv.lock" {
		return "uv==" + first(named, defaultUV), nil
	}
	settings, err := a.uvSettings(ctx, f.lockDir)
	if err != nil {
		return "", err
	}
	workspace, err := a.Source.File(path.Join(f.lockDir, "pyproject.toml")).Contents(ctx)
	if err != nil {
		return "", err
	}
	return project.UVRequirement(workspace, settings, defaultUV)
}

// unchecked takes uv.lock as it is where only a package's build backend knows what the
// package requires: it is not there yet.
func unchecked(dir string) string {
	tell.Once(fmt.Sprintf("%s: its dependencies are dynamic: whether uv.lock fits them is not checked", path.Join(dir, "pyproject.toml")))
	return "--frozen"
}

// pylock installs a pylock.toml; uv checks the hashes that are in it.
func (a App) pylock(f found) (installer, error) {
	parsed, err := project.ReadPylock(f.lock)
	if err != nil {
		return installer{}, err
	}
	return installer{
		manager:   []string{"uv==" + first(a.UV, f.Settings.UV, defaultUV)},
		script:    installUV,
		arguments: []string{"pip", "install", "--preview-features", "pylock", "--requirements", "pylock.toml"},
		files:     map[string]string{path.Join(Workdir, f.lockDir, "pylock.toml"): parsed.Text},
		archives:  a.archivesOf(f, parsed.Locals),
		explain:   explainUV,
	}, nil
}
