package arm

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"dagger/pipeline/bench/world"
)

// embedded is the checkout's engine, with its own directories.
type embedded struct {
	w *world.World
	// dir is the suffix of the names of its directories.
	dir string
	// keep is PIPELINE_KEEP: nothing, on runners that are new for each job.
	keep string
}

func (e *embedded) state() string   { return e.w.Path("state-" + e.dir) }
func (e *embedded) run() string     { return e.w.Path("run-" + e.dir) }
func (e *embedded) summary() string { return e.w.Path("summary-" + e.dir + ".json") }

func (e *embedded) pipeline(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	env = append(append(e.w.Environ(), "PIPELINE_STATE_DIR="+e.state(), "PIPELINE_RUN_DIR="+e.run(), "PIPELINE_KEEP="+e.keep, "PIPELINE_SUMMARY="+e.summary(),
		"PIPELINE_MODULE_DIR="+e.w.Checkout), env...)
	return world.Command{Dir: dir, Env: env, Args: append([]string{filepath.Join(e.w.Checkout, "pipeline")}, args...)}.Run(ctx)
}

// look runs one of the commands that manage the engine.
func (e *embedded) look(ctx context.Context, verb string) error {
	_, err := e.pipeline(ctx, e.w.Dir, nil, "engine", verb)
	return err
}

// start starts the engine by asking it to prune.
func (e *embedded) start(ctx context.Context) error { return e.look(ctx, "prune") }

func (e *embedded) forget(ctx context.Context) error {
	if err := e.look(ctx, "stop"); err != nil {
		return err
	}
	return clear(e.state())
}

func (e *embedded) call(ctx context.Context, r *Result, dir string, env, args []string) (string, error) {
	if err := os.RemoveAll(e.summary()); err != nil {
		return "", err
	}
	out, err := e.pipeline(ctx, dir, env, append([]string{"call", "--progress", "plain"}, args...)...)
	if err != nil {
		return "", err
	}
	return out, r.count(e.summary())
}

func (e *embedded) kept(ctx context.Context) (int64, error) { return diskUsage(ctx, e.state()) }

func (e *embedded) close(ctx context.Context) error {
	if err := e.look(ctx, "stop"); err != nil {
		return err
	}
	return errors.Join(clear(e.state()), os.RemoveAll(e.run()), os.RemoveAll(e.summary()))
}
