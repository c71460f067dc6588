package cli

import (
	"bytes"
	"context"
	"io"
	"testing"

	"dagger/pipeline/embedded/bindings"
	"dagger/pipeline/embedded/module"
)

// world is an App with all around it.
type world struct {
	*App
	out, err bytes.Buffer
	session  *fakeSession
	engine   *fakeEngine
	env      map[string]string
	progress string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{session: newFake(), engine: &fakeEngine{}, env: map[string]string{}}
	w.App = &App{
		Name: "pipeline", Version: "v0", Dir: t.TempDir(), ModuleDir: fixture,
		Stdout: &w.out, Stderr: &w.err, Width: 79,
		LookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
		API:       engineAPI,
		NewSession: func(so SessionOptions) Session {
			w.progress = so.Progress
			return w.session
		},
		Engine:        w.engine,
		Builder:       module.Builder{Cache: programs, Generate: bindings.Generate, Salt: bindings.Salt(), Progress: io.Discard},
		WriteBindings: bindings.Write,
	}
	return w
}

// run runs a command line and returns its exit code.
func (w *world) run(args ...string) int {
	w.out.Reset()
	w.err.Reset()
	return w.App.Run(context.Background(), args)
}

type fakeEngine struct {
	calls []string
	err   error
}

func (e *fakeEngine) Build(context.Context) error {
	e.calls = append(e.calls, "build")
	return e.err
}

func (e *fakeEngine) Status(context.Context) (string, error) {
	e.calls = append(e.calls, "status")
	return "running\n", e.err
}

func (e *fakeEngine) Stop(context.Context) error {
	e.calls = append(e.calls, "stop")
	return e.err
}

func (e *fakeEngine) Prune(_ context.Context, all bool) (int64, error) {
	call := "prune"
	if all {
		call = "prune all"
	}
	e.calls = append(e.calls, call)
	return 1_234_567, e.err
}
