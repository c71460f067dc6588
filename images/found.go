package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// found is what the project's directory says about its dependencies.
type found struct {
	project.Project
	pyproject     string
	names         []string // in the project's directory
	lockName      string
	lockDir       string // of the lock file, in the repository
	lock          string
	pythonVersion string // text of .python-version or the like
	pythonFile    string // where that is, "" for above the project
	pythonIn      string // where RequiresPython is
	pipfile       project.Pipfile
}

// at is a directory of the repository, from the lock file's.
func (f found) at(dir string) string {
	if f.lockDir = path.Clean(f.lockDir); f.lockDir == "." {
		return path.Clean(dir)
	}
	return path.Clean(strings.TrimPrefix(path.Clean(dir)+"/", f.lockDir+"/"))
}

// locks are the lock files, the one that counts first.
var locks = []string{"poetry.lock", "uv.lock", "pylock.toml", pipfileLock, "requirements.txt"}

// ReadProject reads the project in a directory of a repository.
func ReadProject(ctx context.Context, source *dagger.Directory, dir string) (project.Project, error) {
	pyproject, err := readPyproject(ctx, source, dir)
	if err != nil {
		return project.Project{}, err
	}
	return project.Parse(pyproject)
}

// readPyproject reads a directory's pyproject.toml. A project that has requirements
// only needs none: its settings are the defaults.
func readPyproject(ctx context.Context, source *dagger.Directory, dir string) (string, error) {
	for _, name := range append([]string{"pyproject.toml", "requirements.txt", "pylock.toml", pipfileLock}, mainRequirements...) {
		there, err := source.Exists(ctx, path.Join(dir, name))
		if err != nil {
			return "", err
		}
		if there && name != "pyproject.toml" {
			return "", nil
		}
		if there {
			return source.File(path.Join(dir, name)).Contents(ctx)
		}
	}
	if names, err := source.Directory(dir).Entries(ctx); err == nil && described(names) {
		return "", noLock(names, "")
	}
	return "", noProject(ctx, source, dir)
}

// described tells whether files say what a Python project is, without a lock file or pyproject.toml.
func described(names []string) bool {
	return slices.ContainsFunc([]string{"setup.py", "setup.cfg", "Pipfile", "requirements.in", "environment.yml"}, func(name string) bool { return slices.Contains(names, name) })
}

func read(ctx context.Context, source *dagger.Directory, name, hint string) (string, error) {
	ok, err := source.Exists(ctx, name)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("reading the source: no %s: %s", name, hint)
	}
	return source.File(name).Contents(ctx)
}

func (a App) find(ctx context.Context) (f found, err error) {
	if f.pyproject, err = readPyproject(ctx, a.Source, a.Path); err != nil {
		return f, err
	}
	if f.Project, err = project.Parse(f.pyproject); err != nil {
		return f, err
	}
	if f.names, err = a.Source.Directory(a.Path).Entries(ctx); err != nil {
		return f, err
	}
	if f.lockName, f.lockDir, err = a.findLock(ctx, f); err != nil {
		return f, err
	}
	if f.lock, err = read(ctx, a.Source, path.Join(f.lockDir, f.lockName), "requirements in [tool.pipeline] names it"); err != nil {
		return f, err
	}
	f.lock = strings.ReplaceAll(f.lock, "\r\n", "\n") // as Windows writes it
	f.pythonIn = "pyproject.toml"
	switch own := f.RequiresPython; f.lockName {
	case "uv.lock":
		f.RequiresPython = first(project.LockedPython(f.lock), f.RequiresPython)
	case "pylock.toml":
		if f.RequiresPython = first(own, project.LockedPython(f.lock)); own == "" {
			f.pythonIn = f.lockName
		}
	case pipfileLock:
		if f.pipfile, err = project.ReadPipfileLock(f.lock); err != nil {
			return f, err
		}
		if f.RequiresPython = first(own, f.pipfile.Python); own == "" {
			f.pythonIn = "the Pipfile"
		}
	}
	if f.RequiresPython == "" {
		if f.RequiresPython, f.pythonIn, err = a.setupPython(ctx, f.names); err != nil {
			return f, err
		}
	}
	f.pythonVersion, f.pythonFile, err = a.pythonVersion(ctx, f)
	return f, err
}

// findLock looks for a lock file in the project's directory, and for that of a
// uv workspace above it.
func (a App) findLock(ctx context.Context, f found) (name, dir string, err error) {
	if named := f.Settings.Requirements; len(named) > 0 {
		return named[0], a.Path, nil
	}
	both := slices.Contains(f.names, "poetry.lock") && slices.Contains(f.names, "uv.lock")
	if uv, poetry := f.Settings.UV != "", f.Settings.Poetry != ""; both && uv != poetry {
		return map[bool]string{true: "uv.lock", false: "poetry.lock"}[uv], a.Path, nil
	}
	if both {
		return "", "", fmt.Errorf("reading the source: %s has both poetry.lock and uv.lock: say which in [tool.pipeline], with poetry = or uv = and a version", path.Join("/", a.Path))
	}
	above, member, err := a.uvLockAbove(ctx)
	if err != nil {
		return "", "", err
	}
	if name, ofWorkspace := chooseLock(f.names, member); ofWorkspace {
		return name, above, nil
	} else if name != "" {
		return name, a.Path, nil
	}
	if name, err := a.requirementsBelow(ctx, f.names); err != nil || name != "" {
		return name, a.Path, err
	}
	if above != "" {
		return "uv.lock", above, nil
	}
	return "", "", a.noLock(ctx, f)
}

// chooseLock chooses among the lock files that are in a project's directory and, where a
// workspace of uv above it has the project as a member, that one's.
func chooseLock(names []string, member bool) (name string, ofWorkspace bool) {
	for _, name := range locks {
		if slices.Contains(names, name) {
			return name, false
		}
		if member && name == "uv.lock" {
			return name, true
		}
	}
	return "", false
}

// uvLockAbove is the directory of the nearest uv.lock above the project's, and whether the
// project is a member of its workspace.
func (a App) uvLockAbove(ctx context.Context) (dir string, member bool, err error) {
	for dir := path.Clean(a.Path); dir != "." && dir != "/"; {
		dir = path.Dir(dir)
		name := path.Join(dir, "uv.lock")
		if ok, err := a.Source.Exists(ctx, name); err != nil {
			return "", false, err
		} else if ok {
			text, err := a.Source.File(name).Contents(ctx)
			return dir, project.HasMember(text, found{lockDir: dir}.at(a.Path)), err
		}
	}
	return "", false, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
