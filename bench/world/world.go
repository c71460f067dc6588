// Package world starts what all arms of a benchmark share: the lab (registry, AWS stand-in, base images),
// a caching package proxy, a port that counts the registry's traffic, and a base image that uses them.
package world

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dagger/pipeline/bench/index"
)

// PoetryVersion is the version that all arms install; the pipeline's own default.
const PoetryVersion = "2.2.1"

// MirrorPluginVersion is the version of the plugin that lets poetry use any simple index; the pipeline's own.
const MirrorPluginVersion = "0.6.5"

// World is what the arms share.
type World struct {
	Root string            // the checkout
	Dir  string            // of the benchmark: the package cache and the lab stay for the next run
	Lab  map[string]string // environment of the lab, by the names of its LAB_ variables without that prefix

	Index     *index.Proxy
	IndexHost string   // HOST:PORT of the proxy
	IndexURL  string   // of the proxy's Python index
	Registry  *Forward // in front of the lab's registry
	Archives  *Forward // in front of the hosted archives; nil: there is no line, and they are on the runner's disk
	Outer     string   // the same, HOST:PORT, for containers that have a network of their own; empty: they reach none
	Base      string   // image that every arm builds on
	Tools     Tools    // python and poetry of the machine, for the bare arm
	Say       func(format string, args ...any)
	line      *Line

	// Checkout is a copy of the committed state of Root, which stays as it is while the benchmark runs;
	// Commit names it.
	Checkout, Commit string
}

// New starts the world of the checkout at root, with its servers at an address of this machine and, if
// that is not loopback, the registry also there at the address's port; what is hosted lies behind the line. It ends
// with the context and Close.
func New(ctx context.Context, root, bind string, line *Line, say func(string, ...any)) (_ *World, err error) {
	w := &World{Root: root, Say: say, line: line}
	host, _, err := net.SplitHostPort(bind)
	if err != nil {
		return nil, fmt.Errorf("reading --bind %q: %w: give HOST:PORT", bind, err)
	}
	if w.Dir, err = directory(); err != nil {
		return nil, err
	}
	if err := w.snapshot(ctx); err != nil {
		return nil, err
	}
	say("starting the lab")
	if err := w.startLab(ctx, host); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.Tools, err = w.tools(ctx); err != nil {
		return nil, err
	}
	upstream, err := w.Tools.indexURL(ctx)
	if err != nil {
		return nil, err
	}
	if w.Index, err = index.New(upstream, filepath.Join(w.Dir, "packages")); err != nil {
		return nil, err
	}
	reached, err := url.Parse(w.Lab["AWS_ENDPOINT"])
	if err != nil {
		return nil, fmt.Errorf("reading the lab's address for containers: %w", err)
	}
	packages, err := w.Index.Serve(ctx, "127.0.0.1")
	if err != nil {
		return nil, err
	}
	front, err := NewForward(ctx, net.JoinHostPort(reached.Hostname(), "0"), packages, line)
	if err != nil {
		return nil, err
	}
	w.IndexHost = front.Address
	w.IndexURL = "http://" + w.IndexHost + "/simple/"
	if w.Registry, err = NewForward(ctx, "127.0.0.1:0", w.Lab["REGISTRY"], line); err != nil {
		return nil, err
	}
	if line != nil {
		if err := w.serveArchives(ctx); err != nil {
			return nil, err
		}
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		outer, err := NewForward(ctx, bind, w.Registry.Address, nil)
		if err != nil {
			return nil, err
		}
		w.Outer = outer.Address
	}
	say("making the base image")
	if w.Base, err = w.pushBase(ctx); err != nil {
		return nil, err
	}
	return w, w.Tools.install(ctx, w)
}

// snapshot copies the committed state, so that edits during a run do not affect it.
func (w *World) snapshot(ctx context.Context) error {
	w.Checkout = w.Path("checkout")
	script := `rm -rf "$1" && mkdir "$1" && git rev-parse --short=12 HEAD && git archive -o "$1.tar" HEAD && tar -xf "$1.tar" -C "$1" && rm "$1.tar"`
	commit, err := Command{Dir: w.Root, Env: os.Environ(), Args: []string{"sh", "-c", script, "snapshot", w.Checkout}}.Run(ctx)
	if err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	w.Commit = strings.TrimSpace(commit)
	return nil
}

// startLab starts the checkout's lab in its own directory, at an address of this machine.
func (w *World) startLab(ctx context.Context, bind string) error {
	out, err := w.lab(ctx, "up", "--bind", bind)
	if err != nil {
		return fmt.Errorf("starting the lab: %w", err)
	}
	w.Lab = map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		w.Lab[strings.TrimPrefix(name, "LAB_")] = strings.Trim(value, "'")
	}
	if w.Lab["REGISTRY"] == "" {
		return fmt.Errorf("starting the lab: it printed no registry: %q", out)
	}
	return nil
}

func (w *World) lab(ctx context.Context, args ...string) (string, error) {
	env := append(w.Environ(), "GOWORK=off", "LAB_DIR="+w.Path("lab"))
	return Command{Dir: w.Root, Env: env, Args: append([]string{"go", "run", "-C", "lab", "."}, args...)}.Run(ctx)
}

// directory is PIPELINE_BENCH_DIR, else pipeline-bench in the user's cache directory.
func directory() (string, error) {
	dir := os.Getenv("PIPELINE_BENCH_DIR")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the benchmark's directory: %w: set PIPELINE_BENCH_DIR", err)
		}
		dir = filepath.Join(cache, "pipeline-bench")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the benchmark's directory: %w: set PIPELINE_BENCH_DIR", err)
	}
	return filepath.Abs(dir)
}

// Path joins names to the benchmark's directory.
func (w *World) Path(names ...string) string {
	return filepath.Join(append([]string{w.Dir}, names...)...)
}

// Close stops the lab.
func (w *World) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := w.lab(ctx, "down")
	return err
}

// Environ is this process's environment without variables that affect the pipeline, docker, pip or terraform.
func (w *World) Environ() []string {
	var out []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		steers := name == "BUILDKIT_HOST" || name == "VIRTUAL_ENV" || name == "LAB_DIR"
		for _, prefix := range []string{"AWS_", "DAGGER_", "DOCKER_", "PIPELINE_", "PIP_", "POETRY_", "PYTEST_", "TF_"} {
			steers = steers || strings.HasPrefix(name, prefix)
		}
		if !steers || name == "PIPELINE_CACHE_DIR" {
			out = append(out, kv)
		}
	}
	return out
}
