package images

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// base is the image that the caller or the project names, or one with the
// project's version of Python.
func (a App) base(f found) (string, error) {
	if name := first(a.Base, f.Settings.PythonImage); name != "" {
		return name, nil
	}
	tag, err := f.PythonTag(f.pythonVersion)
	if err != nil {
		return "", err
	}
	return pythonImage + tag + pythonRelease, nil
}

// asked is what the project asks of the image's Python, beside what Poetry and uv
// themselves compare with it.
func (f found) asked() []project.PythonAsked {
	if f.lockName == "poetry.lock" || f.lockName == "uv.lock" {
		return project.Project{Settings: f.Settings}.PythonAsked("", "", "")
	}
	text := f.pythonVersion
	if f.pythonFile == "" { // for all of the repository
		text = ""
	}
	return f.PythonAsked(f.pythonIn, f.pythonFile, text)
}

// checkPython refuses an image whose Python is not the one that the project asks for,
// before anything is installed. An image without Python is for the next command to refuse.
func checkPython(ctx context.Context, base *dagger.Container, asked []project.PythonAsked) error {
	if len(asked) == 0 {
		return nil
	}
	has, err := base.WithExec([]string{"python3", "-c", "import platform; print(platform.python_version(), end='')"}).Stdout(ctx)
	var failed *dagger.ExecError
	if errors.As(err, &failed) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, a := range asked {
		if !a.HeldBy(has) {
			return fmt.Errorf("building the app container: %s", explainPython(has, a.Range+" ("+a.Where+")"))
		}
	}
	return nil
}
