package arm

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"dagger/pipeline/bench/world"
)

// bare is arm Z, the lower bound: the jobs' own commands on the machine, in a prepared environment. It
// exists for comparison: it reuses whatever an earlier job left, which nobody would trust.
type bare struct {
	w     *world.World
	venvs map[string]string // by hash of the lock file
	ready string            // directory in which Terraform is initialised; empty: not yet
}

// Bare is arm Z.
func Bare(_ context.Context, w *world.World, _ string) (Arm, error) {
	return &bare{w: w, venvs: map[string]string{}}, nil
}

func (*bare) Forget(context.Context) error { return nil }

func (a *bare) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	sum, err := p.LockSum()
	if err != nil {
		return r, err
	}
	venv := a.venvs[sum]
	if venv == "" {
		venv = a.w.Path("venv-" + sum[:12])
		if err := a.w.Venv(ctx, p.Dir, venv); err != nil {
			return r, err
		}
		a.venvs[sum] = venv
	}
	env := append(a.w.Environ(), "VIRTUAL_ENV="+venv, "PATH="+filepath.Join(venv, "bin")+":"+os.Getenv("PATH"), "PYTEST_ADDOPTS="+pytestOptions)
	for _, job := range jobs {
		command := world.Command{Dir: p.Dir, Env: env, Args: []string{"sh", "-c", commands[job.Name]}}
		switch args := terraform[job.Name]; {
		case job.Name == "publish": // there is no image
			continue
		case args != nil:
			if command, err = a.terraform(ctx, p, args); err != nil {
				return r, err
			}
		}
		err := r.timed(job.Name, func() error {
			_, err := command.Run(ctx)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func (a *bare) Kept(ctx context.Context) (int64, error) {
	return diskUsage(ctx, slices.Collect(maps.Values(a.venvs))...)
}

func (a *bare) Close() (err error) {
	for _, dir := range append(slices.Collect(maps.Values(a.venvs)), a.ready) {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}
