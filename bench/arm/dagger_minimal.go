package arm

import (
	"context"
	"path/filepath"

	"dagger/pipeline/bench/world"
)

// minimal is arm m: bench/minimal, a module of only what runs the same commands, on the engine of arms e and f
// and in the app image that ours publishes there.
type minimal struct {
	*ours
	d *onDagger
}

// DaggerMinimal is arm m.
func DaggerMinimal(ctx context.Context, w *world.World, dir string) (Arm, error) {
	a := &ours{dir: dir, w: w}
	if _, err := newDagger(ctx, a); err != nil {
		return nil, err
	}
	return &minimal{a, &onDagger{w, filepath.Join(w.Checkout, "bench", "minimal")}}, nil
}

// Pipeline has the image published the first time, when it is not measured: the arm is warmed.
func (a *minimal) Pipeline(ctx context.Context, p *world.Project, jobs []Job) (r Result, err error) {
	if err := a.publish(ctx, &Result{}, p); err != nil {
		return r, err
	}
	sum, err := p.LockSum()
	if err != nil {
		return r, err
	}
	env := []string{"BENCH_REGISTRY_PASSWORD=" + a.w.Lab["REGISTRY_PASSWORD"]}
	for _, job := range jobs {
		args := []string{"test"}
		if job.Name == "package" {
			args = []string{"build-package", "-o", filepath.Join(p.Dir, "artifact.zip")}
		}
		args = append(args, "--source", p.Dir, "--image", a.published[sum],
			"--username", a.w.Lab["REGISTRY_USERNAME"], "--password", "env://BENCH_REGISTRY_PASSWORD")
		err := r.timed(job.Name, func() error {
			_, err := a.d.call(ctx, &r, p.Dir, env, args)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
