package arm

import (
	"context"
	"os"
	"path/filepath"

	"dagger/pipeline/bench/world"
)

// bare is arm Z, the floor: the jobs' own commands on the machine, in an environment that is ready. It
// exists for comparison: it reuses whatever an earlier job left, and nobody would trust that.
type bare struct {
	w     *world.World
	venvs map[string]string // by hash of the lock file
}

// Bare is arm Z.
func Bare(_ context.Context, w *world.World, _ string) (Arm, error) {
	return &bare{w: w, venvs: map[string]string{}}, nil
}

func (*bare) Name() string { return "Z" }

func (*bare) Forget(context.Context) error { return nil }

func (a *bare) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	venv, err := a.venv(ctx, p)
	if err != nil {
		return r, err
	}
	env := append(a.w.Environ(), "VIRTUAL_ENV="+venv, "PATH="+filepath.Join(venv, "bin")+":"+os.Getenv("PATH"), "PYTEST_ADDOPTS="+pytestOptions)
	for _, job := range jobs {
		err := r.timed(job.Name, func() error {
			_, err := world.Command{Dir: p.Dir, Env: env, Args: []string{"sh", "-c", commands[job.Name]}}.Run(ctx)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// venv is the ready environment for the project's lock file.
func (a *bare) venv(ctx context.Context, p *world.Project) (string, error) {
	sum, err := p.LockSum()
	if err != nil || a.venvs[sum] != "" {
		return a.venvs[sum], err
	}
	dir := a.w.Path("venv-" + sum[:12])
	if err := a.w.Venv(ctx, p.Dir, dir); err != nil {
		return "", err
	}
	a.venvs[sum] = dir
	return dir, nil
}

func (a *bare) Kept(context.Context) (int64, error) {
	var total int64
	for _, dir := range a.venvs {
		n, err := diskUsage(dir)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (a *bare) Close() error {
	for _, dir := range a.venvs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}
