package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dagger/pipeline/lab/state"
)

// maxSocket is the maximum length of the path of the engine's socket, in bytes.
const maxSocket = 104

// demo is one run.
type demo struct {
	view     *view
	checkout string
	dir      string
	log      *os.File
	lock     *os.File
	lab      map[string]string // the lab's environment
	deploys  bool              // terraform can be had
}

func (d *demo) path(names ...string) string {
	return filepath.Join(append([]string{d.dir}, names...)...)
}

func (d *demo) logPath() string { return d.path("demo.log") }
func (d *demo) app() string     { return d.path("app") }

// openDemo locks the demo's directory for this process.
func openDemo(v *view) (*demo, error) {
	checkout, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the checkout: %w", err)
	}
	if _, err := os.Stat(filepath.Join(checkout, "dagger.json")); err != nil {
		return nil, fmt.Errorf("finding the checkout: no dagger.json in %q: run \"make demo\" in the top directory", checkout)
	}
	dir, err := state.Directory("the demo's directory", "DEMO_DIR", "pipeline-demo")
	if err != nil {
		return nil, err
	}
	d := &demo{view: v, checkout: checkout, dir: dir}
	if socket := d.path("run", "buildkitd.sock"); len(socket) > maxSocket {
		return nil, fmt.Errorf("using %q: the engine's socket in it may have %d bytes, not %d: set DEMO_DIR to a shorter path", dir, maxSocket, len(socket))
	}
	d.lock, err = state.Lock(d.path("lock"), nil)
	if errors.Is(err, state.ErrLocked) {
		return nil, fmt.Errorf("locking %q: another demo runs in it: wait for its end, or set DEMO_DIR to another directory", dir)
	}
	if err != nil {
		return nil, err
	}
	if d.log, err = os.Create(d.logPath()); err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	return d, nil
}

// theirs are variables that would direct the demo's calls to another engine or module.
var theirs = []string{
	"BUILDKIT_HOST", "DAGGER_MODULE", "DAGGER_PROGRESS", "PIPELINE_SUMMARY", "PIPELINE_MODULE_DIR", "PIPELINE_EMBEDDED_DIR",
	"PIPELINE_STATE_DIR", "PIPELINE_RUN_DIR", "LAB_DIR",
}

// environment is the environment of the demo's commands: the caller's, with the demo's own lab and engine.
func (d *demo) environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !contains(theirs, name) && d.lab[name] == "" {
			env = append(env, pair)
		}
	}
	for _, pair := range d.own() {
		env = append(env, pair[0]+"="+pair[1])
	}
	return env
}

// own are the variables that select the demo's lab and engine.
func (d *demo) own() [][2]string {
	pairs := [][2]string{
		{"PIPELINE_STATE_DIR", d.path("state")},
		{"PIPELINE_RUN_DIR", d.path("run")},
		{"LAB_DIR", d.path("lab")},
	}
	if d.lab != nil {
		pairs = append(pairs, [2]string{passwordVariable, d.lab[passwordVariable]})
		pairs = append(pairs, [2]string{"DEMO_KEY", "demo"}, [2]string{"DEMO_SECRET", "demo"})
	}
	return pairs
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// close stops what was started and removes what was created, except for the log. It does so after an
// interrupt too. With DEMO_KEEP=1 everything stays.
func (d *demo) close(ctx context.Context) error {
	defer d.lock.Close()
	defer d.log.Close()
	if os.Getenv("DEMO_KEEP") == "1" {
		return nil
	}
	if ctx.Err() != nil {
		d.view.print("interrupted: stopping the engine and the lab ...")
	}
	ctx = context.WithoutCancel(ctx)
	quiet := func(string) {}
	_, engine := d.command(ctx, d.checkout, quiet, "./pipeline", "engine", "stop")
	var lab error
	if _, err := os.Stat(d.path("lab-command")); err == nil {
		_, lab = d.command(ctx, d.checkout, quiet, d.path("lab-command"), "down")
	}
	if err := errors.Join(engine, lab); err != nil {
		return fmt.Errorf("cleaning up: %w", err)
	}
	var errs error
	for _, name := range []string{"state", "run", "lab", "app", "lab-command", "environment", "summary.json"} {
		errs = errors.Join(errs, os.RemoveAll(d.path(name)))
	}
	if errs != nil {
		return fmt.Errorf("cleaning up: %w", errs)
	}
	return nil
}
