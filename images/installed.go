package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// installedDir holds what is not third-party in the environment: the project and
// packages of the repository. Python takes it for one of its package directories.
const installedDir = "/opt/project"

// Installed is the project and the packages of the repository that it uses, for
// the image, as an editable installation does: their modules are found in the
// source, their metadata, entry points and commands are files. No command runs
// for it, so a new version or an edit costs nothing. It also returns the directories
// of the repository that it depends on.
//
// Build has the directories that only a build backend can complete, to install
// once the source is there.
type Installed struct {
	// Files are its metadata and the paths of its modules, Commands what it brings
	// for PATH.
	Files, Commands *dagger.Directory
	// Dirs are the directories of the project and of the packages that it uses.
	Dirs  []string
	Build []string
}

// Installed reads the packages' pyproject.toml files.
func (a App) Installed(ctx context.Context) (Installed, error) {
	f, err := a.find(ctx)
	if err != nil {
		return Installed{}, err
	}
	dirs, err := a.localDirs(ctx, f, project.ForTests)
	if err != nil {
		return Installed{}, err
	}
	out := Installed{Dirs: dirs}
	files, commands := dag.Directory(), dag.Directory()
	var roots []string
	for _, dir := range dirs {
		d, err := a.distribution(ctx, dir, f)
		if err != nil {
			return Installed{}, err
		}
		source := path.Join(Workdir, dir)
		for _, root := range d.Roots {
			roots = append(roots, path.Join(source, root))
		}
		if d.Build {
			out.Build = append(out.Build, source)
			continue
		}
		if !d.Installed {
			continue
		}
		info := d.Info(source)
		for _, name := range sortedKeys(info) {
			files = files.WithNewFile(name, info[name])
		}
		scripts := d.Scripts(virtualenv+"/bin/python", source)
		for _, name := range sortedKeys(scripts) {
			commands = commands.WithNewFile(name, scripts[name], dagger.DirectoryWithNewFileOpts{Permissions: 0o755})
		}
	}
	out.Files, out.Commands = files.WithNewFile("source.pth", strings.Join(roots, "\n")+"\n"), commands
	return out, nil
}

// on puts it into the image.
func (i Installed) on(c *dagger.Container) *dagger.Container {
	return c.WithDirectory(installedDir, i.Files).WithDirectory(virtualenv+"/bin", i.Commands)
}

// localDirs are the project's directory and those of the packages of the
// repository that are installed for a use of it.
func (a App) localDirs(ctx context.Context, f found, use project.Use) ([]string, error) {
	dirs := []string{path.Clean(a.Path)}
	locals, err := a.locals(ctx, f, use)
	if err != nil {
		return nil, err
	}
	for _, local := range locals {
		dir := path.Join(f.lockDir, local.Path)
		switch {
		case local.File:
		case strings.HasPrefix(dir, ".."):
			return nil, fmt.Errorf("reading %s: %s is in %q, outside of the source: name the repository with --source and the project in it with --project", f.lockName, first(local.Name, "a package"), local.Path)
		case !slices.Contains(dirs, dir):
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// locals are the packages of the repository that its lock or requirements files name for
// a use of the project.
func (a App) locals(ctx context.Context, f found, use project.Use) ([]project.Local, error) {
	switch f.lockName {
	case "poetry.lock", "uv.lock":
		return f.Used(f.pyproject, f.lock, f.at(a.Path), use)
	case "pylock.toml":
		return a.pylockLocals(ctx, f, use)
	case pipfileLock:
		locals := f.pipfile.Locals
		if use == project.ForTests && !slices.Contains(f.Settings.WithoutGroups, "dev") {
			locals = append(locals, f.pipfile.DevelopLocals...)
		}
		return directories(locals), nil
	}
	there, err := a.withFilesBelow(ctx, f.names)
	if err != nil {
		return nil, err
	}
	names, _ := requirementFiles(f.lockName, there, f.Settings)
	if use == project.ForPackage {
		names = names[:1]
	}
	r := newReading()
	for _, name := range names {
		if err := a.requirements(ctx, f, path.Join(f.lockDir, name), r); err != nil {
			return nil, err
		}
	}
	return directories(*r.locals), nil
}

func directories(locals []project.LocalRequired) (out []project.Local) {
	for _, local := range locals {
		out = append(out, project.Local{Path: local.Path})
	}
	return out
}

// distribution is what the pyproject.toml of a directory says; "" for a directory
// that has none.
func (a App) distribution(ctx context.Context, dir string, f found) (project.Distribution, error) {
	text := f.pyproject
	names := f.names
	if dir != path.Clean(a.Path) {
		var err error
		if names, err = a.Source.Directory(dir).Entries(ctx); err != nil {
			return project.Distribution{}, tell.Errorf("reading %s: the source has no directory %q: %w", f.lockName, dir, err)
		}
		if text = ""; !slices.Contains(names, "pyproject.toml") && !slices.Contains(names, "setup.py") {
			return project.Distribution{}, fmt.Errorf("reading %s: the package in %q has neither pyproject.toml nor setup.py: have it fetched before the call where it is a git submodule (submodules of actions/checkout, GIT_SUBMODULE_STRATEGY of GitLab)", f.lockName, dir)
		}
		if slices.Contains(names, "pyproject.toml") {
			if text, err = a.Source.File(path.Join(dir, "pyproject.toml")).Contents(ctx); err != nil {
				return project.Distribution{}, err
			}
		}
	}
	d, err := project.ReadDistribution(text)
	if err != nil {
		return d, fmt.Errorf("reading %s: %w", path.Join(dir, "pyproject.toml"), err)
	}
	if (d.Name == "" || d.Installed && d.Setuptools) && !d.Build {
		if d.Build, err = a.isSetuptools(ctx, dir, names, d.Name != ""); err != nil {
			return d, err
		}
	}
	d.Roots = d.RootsIn(names)
	if d.Installed && d.Version == "" {
		if d.Version, err = a.version(ctx, dir, d); d.Version == "" && d.FromGit == "" {
			d.Build = true // only its build backend knows it
		}
		d.Version = first(d.Version, "0.0.0")
	}
	return d, err
}

// isSetuptools tells whether a directory is a package of which setup.py or setup.cfg say
// something: its build backend reads them. named is whether pyproject.toml names it.
func (a App) isSetuptools(ctx context.Context, dir string, names []string, named bool) (bool, error) {
	if slices.Contains(names, "setup.py") {
		if !named {
			return true, nil
		}
		text, err := a.Source.File(path.Join(dir, "setup.py")).Contents(ctx)
		if err != nil || project.MoreThanSetup(text) {
			return true, err
		}
	}
	if !slices.Contains(names, "setup.cfg") || !slices.Contains(names, "pyproject.toml") {
		return false, nil
	}
	text, err := a.Source.File(path.Join(dir, "setup.cfg")).Contents(ctx)
	text = "\n" + text // other tools keep their settings there, too
	return strings.Contains(text, "\n[options") || !named && strings.Contains(text, "\n[metadata]"), err
}

// version looks for a version in the files where it may stand, "" where it is in none. One
// that comes from git is the caller's: .git is no part of the source.
func (a App) version(ctx context.Context, dir string, d project.Distribution) (string, error) {
	for _, name := range d.VersionFiles {
		file := path.Join(dir, name)
		ok, err := a.Source.Exists(ctx, file)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		text, err := a.Source.File(file).Contents(ctx)
		if err != nil {
			return "", err
		}
		if v := project.VersionIn(text, d.VersionName); v != "" {
			return project.NormalVersion(v), nil
		}
	}
	return a.Version, nil
}
