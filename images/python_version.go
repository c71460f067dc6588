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
func (a App) pythonVersion(ctx context.Context, f found) (text, file string, err error) {
	dir := path.Clean(a.Path)
	for names := f.names; ; {
		text, file, err := a.pythonVersionIn(ctx, dir, names)
		if err != nil {
			return "", "", err
		}
		if own := dir == path.Clean(a.Path); text != "" && (own || f.IsPython(text)) {
			if asked := project.AskedPython(text); own && !project.NamesPython(text) && f.Settings.Python == "" && a.Base == "" {
				tell.Once(fmt.Sprintf("%s: %q is not a known Python version: requires-python decides", path.Join(dir, file), asked))
			}
			if !own {
				file = ""
			}
			return text, file, nil
		}
		if dir == "." {
			return "", "", nil
		}
		dir = path.Dir(dir)
		if names, err = a.Source.Directory(dir).Entries(ctx); err != nil {
			return "", "", err
		}
	}
}

// AskedPython is the text of that file, "" if there is none. A Lambda package
// depends on it even if the image does not.
func (a App) AskedPython(ctx context.Context) (string, error) {
	f, err := a.find(ctx)
	return f.pythonVersion, err
}

// pythonVersionIn is what the files of one directory ask for, and the one that does.
func (a App) pythonVersionIn(ctx context.Context, dir string, names []string) (text, file string, err error) {
	for _, file := range []string{".python-version", ".tool-versions", "runtime.txt"} {
		if !slices.Contains(names, file) {
			continue
		}
		text, err := a.Source.File(path.Join(dir, file)).Contents(ctx)
		switch {
		case err != nil:
			return "", "", err
		case file == ".tool-versions":
			text = project.ToolVersion(text, "python")
		case file == "runtime.txt" && !project.IsRuntime(text):
			continue // of something else than Heroku's
		}
		if text != "" {
			return text, file, nil
		}
	}
	return "", "", nil
}

// setupPython is the range of Python's versions in a project's setup.cfg or setup.py.
func (a App) setupPython(ctx context.Context, names []string) (required, file string, err error) {
	for _, name := range []string{"setup.cfg", "setup.py"} {
		if !slices.Contains(names, name) {
			continue
		}
		text, err := a.Source.File(path.Join(a.Path, name)).Contents(ctx)
		if err != nil {
			return "", "", err
		}
		if required := project.SetupPython(text); required != "" {
			return required, name, nil
		}
	}
	return "", "", nil
}
