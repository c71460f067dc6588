package arm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dagger/pipeline/bench/world"
)

// onDagger is the Dagger engine that the machine has, as its command line finds it. It is one for all arms.
type onDagger struct {
	w      *world.World
	module string
}

// DaggerKept is arm e.
func DaggerKept(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newDagger(ctx, &ours{name: "e", dir: dir, w: w})
}

// DaggerOneCall is arm f.
func DaggerOneCall(ctx context.Context, w *world.World, dir string) (Arm, error) {
	return newDagger(ctx, &ours{name: "f", dir: dir, w: w, chain: chain})
}

func newDagger(ctx context.Context, a *ours) (Arm, error) {
	if _, err := exec.LookPath("dagger"); err != nil {
		return nil, fmt.Errorf("finding Dagger's command line: %w: install version v0.21.8, or leave arms e and f out", err)
	}
	if a.host = a.w.Outer; a.host == "" {
		return nil, errors.New("finding an address that Dagger's containers reach: servers are on loopback: give --bind HOST:PORT, an address of this machine")
	}
	d := &onDagger{w: a.w, module: a.w.Path("module")}
	asking, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if _, err := d.dagger(asking, d.w.Dir, nil, "--silent", "core", "engine", "name"); err != nil {
		return nil, fmt.Errorf("asking the Dagger engine for its name: %w: start one, or leave arms e and f out", err)
	}
	a.on, a.scheme = d, "http://"
	a.unpublished()
	return a, copyModule(a.w.Checkout, d.module)
}

// copyModule copies what a Dagger engine loads of a checkout, without what the embedded engine generates.
func copyModule(checkout, to string) error {
	data, err := os.ReadFile(filepath.Join(checkout, "dagger.json"))
	if err != nil {
		return fmt.Errorf("copying the module: %w", err)
	}
	var config struct{ Include []string }
	if err := json.Unmarshal(data, &config); err != nil {
		return fmt.Errorf("copying the module: reading dagger.json: %w", err)
	}
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("copying the module: %w", err)
	}
	if err := os.Mkdir(to, 0o755); err != nil {
		return fmt.Errorf("copying the module: %w", err)
	}
	for _, name := range append(config.Include, "dagger.json") {
		args := []string{"cp", "-r", filepath.Join(checkout, name), to}
		if _, err := (world.Command{Env: os.Environ(), Args: args}).Run(context.Background()); err != nil {
			return fmt.Errorf("copying the module: %w", err)
		}
	}
	return nil
}

// dagger runs Dagger's command line with what the environment says of its engine.
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

func (d *onDagger) forget(ctx context.Context) error {
	_, err := d.dagger(ctx, d.w.Dir, nil, "--silent", "core", "engine", "local-cache", "prune")
	return err
}

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

// close leaves the engine as it is: it is the machine's.
func (d *onDagger) close(context.Context) error { return os.RemoveAll(d.module) }
