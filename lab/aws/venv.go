package aws

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/state"
)

// MotoVersion is the version of moto that the lab runs.
const MotoVersion = "5.2.1"

// Venv returns the virtualenv with moto, created in the cache on first use (about 20 s).
func Venv(ctx context.Context, cache string, progress debian.Progress) (string, error) {
	venv := filepath.Join(cache, "moto-"+MotoVersion)
	lock, err := state.Lock(venv+".lock", func() { progress("waiting for another lab that installs moto") })
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if usable(ctx, venv) {
		return venv, nil
	}
	what := "installing moto " + MotoVersion + ", once"
	progress("%s ...", what)
	done := debian.Timed(progress, what)
	python, err := python(ctx, progress)
	if err != nil {
		return "", err
	}
	if err := os.RemoveAll(venv); err != nil {
		return "", fmt.Errorf("clearing moto's virtualenv: %w", err)
	}
	for _, args := range [][]string{
		{python, "-m", "venv", venv},
		{filepath.Join(venv, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "moto[server]==" + MotoVersion},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.ExtraFiles = []*os.File{lock} // if this process dies, no other touches the directory before the command ends
		out, err := cmd.CombinedOutput()
		if err != nil {
			_ = os.RemoveAll(venv)
			return "", fmt.Errorf("installing moto %s: %s: %w: check that pip reaches its package index", MotoVersion, debian.LastLine(out), err)
		}
	}
	if err := os.WriteFile(filepath.Join(venv, "complete"), nil, 0o600); err != nil {
		return "", fmt.Errorf("installing moto: %w", err)
	}
	done()
	return venv, nil
}

// usable reports whether the virtualenv is complete and its Python still exists.
func usable(ctx context.Context, venv string) bool {
	if _, err := os.Stat(filepath.Join(venv, "complete")); err != nil {
		return false
	}
	return exec.CommandContext(ctx, filepath.Join(venv, "bin", "python"), "-c", "").Run() == nil
}

// python finds a Python of at least 3.9 that can create virtualenvs, or installs Debian's.
func python(ctx context.Context, progress debian.Progress) (string, error) {
	fits := func(path string) bool {
		return exec.CommandContext(ctx, path, "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))").Run() == nil
	}
	candidates := []string{"/usr/bin/python3"}
	if path, err := exec.LookPath("python3"); err == nil {
		candidates = append(candidates, path)
	}
	for _, path := range candidates {
		if fits(path) {
			return path, nil
		}
	}
	if err := debian.Install(ctx, progress, "python3", "python3-venv"); err != nil {
		return "", err
	}
	if !fits(candidates[0]) {
		return "", errors.New("finding python3: none of at least 3.9 with venv, even after installing python3-venv: put one on PATH")
	}
	return candidates[0], nil
}
