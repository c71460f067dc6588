package images

import (
	"context"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// poetry installs a poetry.lock: the groups that Poetry itself would, and those
// that the project asks for.
func (a App) poetry(ctx context.Context, f found) (installer, error) {
	reduced, err := project.DependencyProject(f.pyproject)
	if err != nil {
		return installer{}, err
	}
	version, err := a.poetryVersion(f)
	if err != nil {
		return installer{}, err
	}
	dir := path.Join(Workdir, f.lockDir)
	files := map[string]string{path.Join(dir, "pyproject.toml"): reduced, path.Join(dir, "poetry.lock"): f.lock}
	if slices.Contains(f.names, "poetry.toml") {
		if files[path.Join(dir, "poetry.toml")], err = a.Source.File(path.Join(f.lockDir, "poetry.toml")).Contents(ctx); err != nil {
			return installer{}, err
		}
	}
	archives, err := a.archives(f)
	if err != nil {
		return installer{}, err
	}
	var arguments []string
	for flag, names := range map[string][]string{"--extras": f.Settings.Extras, "--with": f.Settings.Groups, "--without": f.Settings.WithoutGroups} {
		for _, name := range names {
			arguments = append(arguments, flag+"="+name)
		}
	}
	slices.Sort(arguments)
	return installer{
		manager:   append([]string{"poetry==" + version, "poetry-plugin-pypi-mirror==" + mirrorPlugin(version)}, f.Settings.PoetryPlugins...),
		script:    installPoetry,
		arguments: arguments,
		files:     files,
		archives:  archives,
		explain:   f.explained(appTable, explainPoetry),
	}, nil
}

// poetryVersion is the one that the caller names, or that reads the lock file.
func (a App) poetryVersion(f found) (string, error) {
	if a.Poetry != "" {
		return a.Poetry, nil
	}
	minor := 0 // an image of the caller's or the project's has any
	if a.Base == "" && f.Settings.PythonImage == "" {
		var err error
		if minor, err = f.Python(f.pythonVersion); err != nil {
			return "", err
		}
	}
	return f.PoetryVersion(f.pyproject, f.lock, minor)
}

// mirrorPlugin is the version of poetry-plugin-pypi-mirror, which lets Poetry use
// any simple index, for a version of Poetry.
func mirrorPlugin(poetry string) string {
	if strings.HasPrefix(poetry, "1.") || strings.HasPrefix(poetry, "2.0.") {
		return "0.4.3"
	}
	return "0.6.5"
}

// archives are the wheels and source archives of the repository that a lock file
// names, by their paths in the container.
func (a App) archives(f found) (map[string]*dagger.File, error) {
	locals, err := project.LocalPackages(f.lock, f.at(a.Path))
	return a.archivesOf(f, locals), err
}

func (a App) archivesOf(f found, locals []project.Local) map[string]*dagger.File {
	out := map[string]*dagger.File{}
	for _, local := range locals {
		if local.File {
			file := path.Join(f.lockDir, local.Path)
			out[path.Join(Workdir, file)] = a.Source.File(file)
		}
	}
	return out
}
