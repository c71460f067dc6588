package world

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Tools are the machine's own python, and a poetry for it in a virtual environment.
type Tools struct{ python, dir string }

// tools finds python, which the lab has installed if the machine had none.
func (w *World) tools(ctx context.Context) (Tools, error) {
	const python = "/usr/bin/python3"
	t := Tools{python: python, dir: w.Path("poetry-" + PoetryVersion)}
	if _, err := os.Stat(filepath.Join(t.dir, "bin", "pip")); err == nil {
		return t, nil
	}
	if _, err := (Command{Env: w.Environ(), Args: []string{python, "-m", "venv", t.dir}}).Run(ctx); err != nil {
		return t, fmt.Errorf("making a virtual environment for poetry: %w: apt-get install python3-venv", err)
	}
	return t, nil
}

// indexURL is the package index that pip is set up for.
func (t Tools) indexURL(ctx context.Context) (string, error) {
	if address := os.Getenv("PIP_INDEX_URL"); address != "" {
		return address, nil
	}
	pip := filepath.Join(t.dir, "bin", "python")
	if out, err := (Command{Env: os.Environ(), Args: []string{pip, "-m", "pip", "config", "get", "global.index-url"}}).Run(ctx); err == nil {
		return strings.TrimSpace(out), nil
	}
	out, err := Command{Env: os.Environ(), Args: []string{pip, "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"}}.Run(ctx)
	if err != nil {
		return "", fmt.Errorf("finding the package index: %w: set PIP_INDEX_URL", err)
	}
	return strings.TrimSpace(out), nil
}

func (t Tools) install(ctx context.Context, w *World) error {
	if _, err := os.Stat(t.Poetry()); err == nil {
		return nil
	}
	w.Say("installing poetry for the bare arm")
	_, err := Command{Env: t.environ(w), Args: []string{filepath.Join(t.dir, "bin", "pip"), "install", "--quiet", "poetry==" + PoetryVersion, "poetry-plugin-pypi-mirror==" + MirrorPluginVersion}}.Run(ctx)
	return err
}

// Poetry is the path of the command.
func (t Tools) Poetry() string { return filepath.Join(t.dir, "bin", "poetry") }

func (t Tools) environ(w *World) []string {
	return append(w.Environ(), "PIP_INDEX_URL="+w.IndexURL, "PIP_TRUSTED_HOST="+w.IndexHost, "POETRY_PYPI_MIRROR_URL="+w.IndexURL, "PIP_DISABLE_PIP_VERSION_CHECK=1")
}

// Venv installs a project's locked dependencies in a virtual environment at dir.
func (w *World) Venv(ctx context.Context, project, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if _, err := (Command{Env: w.Environ(), Args: []string{w.Tools.python, "-m", "venv", dir}}).Run(ctx); err != nil {
		return fmt.Errorf("making a virtual environment: %w", err)
	}
	env := append(w.Tools.environ(w), "VIRTUAL_ENV="+dir, "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	_, err := Command{Dir: project, Env: env, Args: []string{w.Tools.Poetry(), "--no-interaction", "--no-ansi", "install", "--no-root", "--all-groups"}}.Run(ctx)
	return err
}

// Lock regenerates a project's poetry.lock.
func (w *World) Lock(ctx context.Context, project string) error {
	_, err := Command{Dir: project, Env: w.Tools.environ(w), Args: []string{w.Tools.Poetry(), "--no-interaction", "--no-ansi", "lock"}}.Run(ctx)
	return err
}
