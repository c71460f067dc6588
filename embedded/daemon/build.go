package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/prebuilt"
)

// keepEngines is how many built engines stay in the cache.
const keepEngines = 3

// programs are the programs of an engine: buildkitd, CNI's plugins, and our own.
var programs = []string{
	embeddedModule + "/cmd/buildkitd", // BuildKit's, trimmed
	pluginsModule + "/plugins/main/bridge",
	pluginsModule + "/plugins/main/loopback",
	pluginsModule + "/plugins/ipam/host-local",
	embeddedModule + "/cmd/uplink",
	embeddedModule + "/cmd/confine",
}

// Build makes sure that the engine's programs exist, and starts nothing.
func Build(ctx context.Context, progress io.Writer) error {
	d, err := environment()
	if err != nil {
		return err
	}
	src, err := findSource()
	if err != nil {
		return err
	}
	_, err = binaries(ctx, d, src, progress)
	return err
}

// released is the directory of the engine's programs in a release, "" if the
// sources are not a release's. It contains runc too.
func released(src source) (string, error) {
	return prebuilt.Find(filepath.Dir(src.dir), "engine/"+src.name())
}

// binaries returns the directory of the engine's programs, which it builds when
// neither a release nor the cache has them.
func binaries(ctx context.Context, d dirs, src source, progress io.Writer) (string, error) {
	if dir, err := released(src); err != nil || dir != "" {
		return dir, err
	}
	path := filepath.Join(d.bin(), src.name())
	if isExecutable(filepath.Join(path, "buildkitd")) {
		return path, nil
	}
	if err := os.MkdirAll(d.bin(), 0o755); err != nil {
		return "", fmt.Errorf("making %q: %w: set PIPELINE_CACHE_DIR to another directory", d.bin(), cause(err))
	}
	release, err := files.Lock(ctx, filepath.Join(d.bin(), ".lock"), 0o600, func() {
		fmt.Fprintln(progress, "waiting for another call that builds buildkitd")
	})
	if err != nil {
		return "", err
	}
	defer release()
	if isExecutable(filepath.Join(path, "buildkitd")) {
		return path, nil
	}
	if err := build(ctx, src, path, progress); err != nil {
		return "", err
	}
	removeOldEngines(d.bin())
	return path, nil
}

func build(ctx context.Context, src source, path string, progress io.Writer) error {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return errors.New("building buildkitd: no go on PATH: install Go 1.26, or set BUILDKIT_HOST to a running buildkitd")
	}
	temp := path + ".new"
	defer os.RemoveAll(temp)
	if err := os.RemoveAll(temp); err != nil {
		return fmt.Errorf("building buildkitd: removing %q: %w", temp, cause(err))
	}
	overlay, err := trim(ctx, goTool, src, temp+".src")
	if err != nil {
		return fmt.Errorf("building buildkitd %s: %w", src.version, err)
	}
	defer os.RemoveAll(temp + ".src")
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, goTool, append([]string{"build", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", "-overlay", overlay, "-o", temp + "/",
		"-ldflags", "-s -w -X " + buildkitModule + "/version.Version=" + src.version}, programs...)...)
	cmd.Dir = src.dir
	cmd.Env = buildEnv(os.Environ())
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go removes its temporary files
	cmd.WaitDelay = 10 * time.Second

	start := time.Now()
	fmt.Fprintf(progress, "building buildkitd %s, once: about two minutes\n", src.version)
	done := tick(progress, 15*time.Second, func() string {
		return fmt.Sprintf("building buildkitd %s: %s", src.version, time.Since(start).Round(time.Second))
	})
	err = cmd.Run()
	done()
	if ctx.Err() != nil {
		return fmt.Errorf("building buildkitd %s: %w", src.version, context.Cause(ctx))
	}
	if err != nil {
		reason, try := buildFailure(output.String(), err, src)
		return fmt.Errorf("building buildkitd %s: %s: %s", src.version, reason, try)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("building buildkitd %s: %w", src.version, err)
	}
	fmt.Fprintf(progress, "built buildkitd %s in %s\n", src.version, time.Since(start).Round(time.Second))
	return nil
}

// buildEnv makes the build the same whatever the caller builds for.
func buildEnv(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains([]string{"GOOS", "GOARCH", "GOWORK", "CGO_ENABLED", "GOFLAGS"}, name)
	})
	return append(env, "GOWORK=off", "CGO_ENABLED=0")
}

// buildFailure picks the most useful line of go's output, and the next thing to try.
func buildFailure(output string, err error, src source) (reason, try string) {
	if full := syscall.ENOSPC.Error(); strings.Contains(output, full) {
		return full, "free some space, or set PIPELINE_CACHE_DIR, GOCACHE and TMPDIR to another disk"
	}
	try = fmt.Sprintf("run go build %s/cmd/buildkitd in %q", buildkitModule, src.dir)
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go: downloading") {
			return line, try
		}
	}
	return err.Error(), try
}

// tick writes a line of progress at every interval until the returned function is called.
func tick(w io.Writer, interval time.Duration, line func() string) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(interval)
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				fmt.Fprintln(w, line())
			}
		}
	}()
	return func() { close(quit); <-done }
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o100 != 0
}

// removeOldEngines keeps the newest few. Removing one that runs does it no harm: it
// has copies of what it starts.
func removeOldEngines(dir string) {
	paths, _ := filepath.Glob(filepath.Join(dir, "v*"))
	slices.SortFunc(paths, func(a, b string) int { return modTime(b).Compare(modTime(a)) })
	for _, path := range paths[min(keepEngines, len(paths)):] {
		os.RemoveAll(path)
	}
}

func modTime(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
