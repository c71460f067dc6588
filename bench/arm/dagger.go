package arm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"dagger/pipeline/bench/world"
)

// onDagger is the machine's Dagger engine, as its command line finds it. All arms share it.
type onDagger struct {
	w *world.World
	// module is the directory of the module that it calls.
	module string
}

// DaggerKept is arm e.
func DaggerKept(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newDagger(ctx, &ours{dir: dir, w: w})
}

// DaggerOneCall is arm f.
func DaggerOneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newDagger(ctx, &ours{dir: dir, w: w, chain: chain})
}

func newDagger(ctx context.Context, a *ours) (Arm, error) {
	if _, err := exec.LookPath("dagger"); err != nil {
		return nil, fmt.Errorf("finding Dagger's command line: %w: install version v0.21.8, or leave arms e, f and m out", err)
	}
	if a.host = a.w.Outer; a.host == "" {
		return nil, errors.New("finding an address that Dagger's containers reach: servers are on loopback: give --bind HOST:PORT, an address of this machine")
	}
	d := &onDagger{a.w, a.w.Checkout}
	asking, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if _, err := d.dagger(asking, d.w.Dir, nil, "--silent", "core", "engine", "name"); err != nil {
		return nil, fmt.Errorf("asking the Dagger engine for its name: %w: start one, or leave arms e, f and m out", err)
	}
	a.on, a.scheme = d, "http://"
	return a, a.Forget(ctx)
}

// dagger runs Dagger's command line with the environment's settings for its engine.
func (d *onDagger) dagger(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	all := append(d.w.Environ(), "NO_COLOR=1")
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, "DOCKER_") || strings.HasPrefix(kv, "DAGGER_") && !strings.HasPrefix(kv, "DAGGER_SESSION_") {
			all = append(all, kv)
		}
	}
	return world.Command{Dir: dir, Env: append(all, env...), Args: append([]string{"dagger"}, args...)}.Run(ctx)
}

// start has nothing to do.
func (d *onDagger) start(context.Context) error { return nil }

// forget removes nothing: the engine belongs to the machine, and no scenario on it starts cold.
func (d *onDagger) forget(context.Context) error { return nil }

// call counts no commands: Dagger writes no summary.
func (d *onDagger) call(ctx context.Context, _ *Result, dir string, env, args []string) (string, error) {
	return d.dagger(ctx, dir, env, append([]string{"--progress=plain", "-m", d.module, "call"}, args...)...)
}

func (d *onDagger) kept(ctx context.Context) (int64, error) {
	out, err := d.dagger(ctx, d.w.Dir, nil, "--silent", "core", "engine", "local-cache", "entry-set", "disk-space-bytes")
	if err != nil {
		return 0, err
	}
	bytes, err := strconv.ParseFloat(strings.TrimSpace(out), 64)
	if err != nil {
		return 0, fmt.Errorf("reading what the Dagger engine keeps: %w", err)
	}
	return int64(bytes), nil
}

// close leaves the engine as it is: it belongs to the machine.
func (*onDagger) close(context.Context) error { return nil }
