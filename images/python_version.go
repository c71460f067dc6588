package images

import (
	"context"
	"fmt"
	"path"
	"slices"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// pythonVersion is the version of Python that a file beside the project or above it
// asks for, as pyenv, uv, asdf and mise look for one; the nearest counts. One above
// the project is there for all of the repository: where it does not fit what the
// project requires, the project's word counts alone.
func (a App) pythonVersion(ctx context.Context, f found) (string, error) {
	dir := path.Clean(a.Path)
	for names := f.names; ; {
		text, err := a.pythonVersionIn(ctx, dir, names)
		if err != nil {
			return "", err
		}
		if own := dir == path.Clean(a.Path); text != "" && (own || f.IsPython(text)) {
			if asked := project.AskedPython(text); own && !f.IsPython(text) && f.Settings.Python == "" && a.Base == "" {
				tell.Once(fmt.Sprintf("%s: %q is no version of Python that is known here: requires-python decides", path.Join(dir, ".python-version"), asked))
			}
			return text, nil
		}
		if dir == "." {
			return "", nil
		}
		dir = path.Dir(dir)
		if names, err = a.Source.Directory(dir).Entries(ctx); err != nil {
			return "", err
		}
	}
}

// pythonVersionIn is what the files of one directory ask for.
func (a App) pythonVersionIn(ctx context.Context, dir string, names []string) (string, error) {
	if slices.Contains(names, ".python-version") {
		return a.Source.File(path.Join(dir, ".python-version")).Contents(ctx)
	}
	if !slices.Contains(names, ".tool-versions") {
		return "", nil
	}
	text, err := a.Source.File(path.Join(dir, ".tool-versions")).Contents(ctx)
	return project.ToolVersion(text, "python"), err
}

// setupPython is the range of Python's versions in a project's setup.cfg or setup.py.
func (a App) setupPython(ctx context.Context, names []string) (string, error) {
	for _, name := range []string{"setup.cfg", "setup.py"} {
		if !slices.Contains(names, name) {
			continue
		}
		text, err := a.Source.File(path.Join(a.Path, name)).Contents(ctx)
		if err != nil {
			return "", err
		}
		if required := project.SetupPython(text); required != "" {
			return required, nil
		}
	}
	return "", nil
}
