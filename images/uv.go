package images

import (
	"context"
	"fmt"
	"maps"
	"path"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// defaultUV reads the lock files of all versions so far.
const defaultUV = "0.13.9"

// uvProject is what uv reads of a repository to install a uv.lock.
type uvProject struct {
	files  map[string]string // by their paths in the container
	locals []project.Local
	links  []string // directories of the repository that it takes packages from
	check  string   // the flag that says whether uv.lock has to fit the files
}

func (a App) uvProject(ctx context.Context, f found) (u uvProject, err error) {
	u = uvProject{files: map[string]string{path.Join(Workdir, f.lockDir, "uv.lock"): project.WithoutVersions(f.lock)}, check: "--locked"}
	if u.locals, err = project.LocalPackages(f.lock, f.at(a.Path)); err != nil {
		return u, err
	}
	add := func(dir, name, text string, reduce func(string) (string, error)) error {
		text, err := reduce(text)
		u.files[path.Join(Workdir, dir, name)] = text
		for _, link := range project.UVLinks(text) {
			u.links = append(u.links, path.Join(dir, link))
		}
		return err
	}
	own, err := a.uvSettings(ctx, f.lockDir)
	if err != nil {
		return u, err
	}
	if own != "" {
		if err := add(f.lockDir, "uv.toml", own, project.UVSettings); err != nil {
			return u, err
		}
	}
	dirs := map[string]bool{path.Clean(f.lockDir): true, path.Clean(a.Path): true}
	for _, local := range u.locals {
		if dir := path.Join(f.lockDir, local.Path); !local.File && !dirs[dir] {
			there, err := a.Source.Exists(ctx, path.Join(dir, "pyproject.toml"))
			if err != nil {
				return u, err
			}
			if dirs[dir] = there; !there { // it has a setup.py
				u.check = unchecked(dir)
			}
		}
	}
	for _, dir := range sortedKeys(dirs) {
		if !dirs[dir] {
			continue
		}
		file := path.Join(dir, "pyproject.toml")
		pyproject, err := read(ctx, a.Source, file, "uv.lock names it: run `uv lock` and commit the file")
		if err != nil {
			return u, err
		}
		if project.DynamicRequires(pyproject) {
			u.check = unchecked(file)
		}
		if err := add(dir, "pyproject.toml", pyproject, project.UVDependencyProject); err != nil {
			return u, err
		}
	}
	return u, nil
}

// uv installs a uv.lock: the default groups, and those that the project asks for.
func (a App) uv(ctx context.Context, f found) (installer, error) {
	u, err := a.uvProject(ctx, f)
	if err != nil {
		return installer{}, err
	}
	archives, err := a.archiveLines(ctx, ".", project.Requirements{Links: u.links})
	if err != nil {
		return installer{}, err
	}
	maps.Copy(archives, a.archivesOf(f, u.locals))
	var arguments []string
	for _, local := range u.locals {
		if !local.File { // its source is not there yet: see Installed
			arguments = append(arguments, "--no-install-package="+local.Name)
		}
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
		arguments: append([]string{"sync", u.check, "--inexact", "--no-install-project", "--no-install-workspace"}, arguments...),
		files:     u.files,
		archives:  archives,
		explain:   f.explained(appTable, explainUV),
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
func unchecked(where string) string {
	tell.Once(fmt.Sprintf("%s: its dependencies are dynamic: whether uv.lock fits them is not checked", where))
	return "--frozen"
}
