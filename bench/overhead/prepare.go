package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Names of what is measured.
const (
	binaryVersion = "binary"
	version       = "launcher and binary"
	refused       = "refused call"
	call          = "call"
	bareBuild     = "bare build"
	daggerCall    = "dagger call"
)

// arm is a command that is measured.
type arm struct {
	name    string
	args    []string
	refuses bool // it is to fail, with the module's own error
}

type bench struct {
	self  string // this program, built static
	arms  []arm
	notes []string
}

// close removes what prepare made.
func (b *bench) close() { _ = os.RemoveAll(filepath.Dir(b.self)) }

// static builds this program so that it runs in a container with nothing else in it.
func static(ctx context.Context, top string) (string, error) {
	dir, err := os.MkdirTemp("", "overhead-")
	if err != nil {
		return "", fmt.Errorf("building this program: %w", err)
	}
	self := filepath.Join(dir, "overhead")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join(top, "bench"), "-o", self, "./overhead")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("building this program: %w: %s", err, lastLine(string(out)))
	}
	return self, nil
}

// once runs the command and returns the seconds that it took.
func (a arm) once(ctx context.Context) (float64, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, a.args[0], a.args[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start).Seconds()
	if a.refuses {
		if err == nil || !strings.Contains(out.String(), badEnvironment) {
			return 0, fmt.Errorf("measuring %q: it was not refused as expected: %s", a.name, lastLine(out.String()))
		}
		return took, nil
	}
	if err != nil {
		return 0, fmt.Errorf("measuring %q: %w: %s", a.name, err, lastLine(out.String()))
	}
	return took, nil
}

// badEnvironment is one that the module refuses before it asks the engine for anything.
const badEnvironment = "not-an-environment!"

// prepare starts what is needed and runs everything once, so that what is measured is warm.
func prepare(ctx context.Context) (*bench, error) {
	top, err := checkout()
	if err != nil {
		return nil, err
	}
	lab, err := startLab(ctx, top)
	if err != nil {
		return nil, err
	}
	launcher := filepath.Join(top, "pipeline")
	app := filepath.Join(top, "examples", "app")
	constructor := []string{
		"--source", app, "--python-image", lab["LAB_PYTHON_IMAGE"],
		"--registry", lab["LAB_REGISTRY"], "--registry-username", lab["LAB_REGISTRY_USERNAME"],
		"--registry-password", "env://LAB_REGISTRY_PASSWORD",
	}
	if err := os.Setenv("LAB_REGISTRY_PASSWORD", lab["LAB_REGISTRY_PASSWORD"]); err != nil {
		return nil, err
	}
	quiet := append([]string{launcher, "call", "--quiet"}, constructor...)
	test := arm{name: call, args: append(quiet[:len(quiet):len(quiet)], "test")}
	fmt.Fprintln(os.Stderr, "running the call once, so that there is nothing left to run")
	if _, err := test.once(ctx); err != nil {
		return nil, err
	}
	addr, err := address(ctx, launcher)
	if err != nil {
		return nil, err
	}
	binary, err := binary(launcher)
	if err != nil {
		return nil, err
	}
	self, err := static(ctx, top)
	if err != nil {
		return nil, err
	}
	b := &bench{self: self, arms: []arm{
		{name: binaryVersion, args: []string{binary, "version"}},
		{name: version, args: []string{launcher, "version"}},
		{name: refused, args: append(quiet[:len(quiet):len(quiet)], "outputs", "--environment", badEnvironment), refuses: true},
		test,
		{name: bareBuild, args: []string{self, bareCommand, addr, app}},
	}}
	if d, note := dagger(ctx, top, constructor); note != "" {
		b.notes = append(b.notes, note)
	} else {
		b.arms = append(b.arms, d)
	}
	for _, a := range b.arms {
		if _, err := a.once(ctx); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

// dagger is the same call on Dagger; a note says why it is left out.
func dagger(ctx context.Context, top string, constructor []string) (a arm, note string) {
	path, err := exec.LookPath("dagger")
	if err != nil {
		return a, "dagger is not on PATH: left out"
	}
	if out, err := exec.CommandContext(ctx, path, "version").Output(); err != nil || strings.Contains(string(out), "embedded engine") {
		return a, "the dagger on PATH is not Dagger's own: left out"
	}
	a = arm{name: daggerCall, args: append(append([]string{path, "-m", top, "--silent", "call"}, constructor...), "test")}
	fmt.Fprintln(os.Stderr, "running dagger call once; the first time takes a minute")
	if _, err := a.once(ctx); err != nil {
		return a, "dagger is left out: " + err.Error()
	}
	return a, ""
}

// checkout is the top directory, from this one (bench) or itself.
func checkout() (string, error) {
	for _, dir := range []string{".", ".."} {
		if _, err := os.Stat(filepath.Join(dir, "dagger.json")); err == nil {
			return filepath.Abs(dir)
		}
	}
	return "", errors.New("finding the checkout: no dagger.json here or one directory up: run it in the checkout")
}

// startLab returns the environment of the lab.
func startLab(ctx context.Context, top string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", "run", "-C", filepath.Join(top, "lab"), ".", "up")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("starting the lab: %w", err)
	}
	env := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			env[name] = strings.Trim(value, "'") // none of those used here has a quote in it
		}
	}
	return env, nil
}

var addressLine = regexp.MustCompile(`(?m)^address\s+(\S+)$`)

// address is where the engine listens.
func address(ctx context.Context, launcher string) (string, error) {
	out, err := exec.CommandContext(ctx, launcher, "engine", "status").Output()
	if err != nil {
		return "", fmt.Errorf("asking the engine for its address: %w", err)
	}
	m := addressLine.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("asking the engine for its address: no address in %q", out)
	}
	return string(m[1]), nil
}

// binary is the program that the launcher has built and starts: the newest in the cache.
func binary(launcher string) (string, error) {
	cache := os.Getenv("PIPELINE_CACHE_DIR")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the cache: %w: set PIPELINE_CACHE_DIR", err)
		}
		cache = filepath.Join(base, "pipeline")
	}
	mark := filepath.Join(cache, "checkouts", filepath.Dir(launcher), "embedded", "current")
	dir, err := os.ReadFile(mark)
	if err != nil {
		return "", fmt.Errorf("finding the program behind the launcher: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "pipeline"), nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
