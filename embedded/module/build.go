package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/prebuilt"
)

// SDK is the Go module whose types a pipeline uses.
const SDK = "dagger.io/dagger"

// Builder builds module programs into a cache.
type Builder struct {
	// Cache is the directory of the programs, one for each content of a module.
	Cache string
	// Generate writes the bindings: contents by path in the module's source
	// directory. sdk is the directory of the SDK's source.
	Generate func(m *Module, sdk string) (map[string][]byte, error)
	// Salt changes whenever the output of Generate does.
	Salt string
	// Progress gets a line if there is something to build, and the compiler's
	// errors.
	Progress io.Writer
}

// Build returns the path of the program of m, and builds it if neither a release
// nor the cache has it. The module's directory is only read: an overlay adds the bindings.
// Of two builds at the same time the second waits for the first.
func (b Builder) Build(ctx context.Context, m *Module) (string, error) {
	sum, err := m.Hash(b.Salt)
	if err != nil {
		return "", err
	}
	program := b.program(sum)
	if path, err := prebuilt.Find(m.Dir, "modules/"+filepath.Base(program)); err != nil || path != "" {
		return path, err
	}
	if used(program) {
		return program, nil
	}
	if err := os.MkdirAll(b.Cache, 0o755); err != nil {
		return "", fmt.Errorf("building the module: %w", err)
	}
	unlock, err := files.Lock(ctx, filepath.Join(b.Cache, "module.lock"), 0o644, nil)
	if err != nil {
		return "", fmt.Errorf("building the module: %w", err)
	}
	defer unlock()
	if used(program) {
		return program, nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("building the module: go is not on PATH: install Go 1.26 or later")
	}
	fmt.Fprintf(b.Progress, "building the module %s, once for this source\n", m.Name)
	if err := b.build(ctx, m, program); err != nil {
		return "", err
	}
	b.prune(program)
	return program, nil
}

// program is the path of the program of a module with the hash sum.
func (b Builder) program(sum string) string {
	return filepath.Join(b.Cache, "module-"+sum[:32])
}

// used reports whether the program exists, and marks it as used now.
func used(program string) bool {
	now := time.Now()
	return os.Chtimes(program, now, now) == nil
}

func (b Builder) build(ctx context.Context, m *Module, program string) error {
	sdk, err := SDKDir(ctx, m.SourceDir())
	if err != nil {
		return err
	}
	files, err := b.Generate(m, sdk)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(b.Cache, "build-*")
	if err != nil {
		return fmt.Errorf("building the module: %w", err)
	}
	defer os.RemoveAll(tmp)
	overlay, err := writeOverlay(tmp, m.SourceDir(), files)
	if err != nil {
		return fmt.Errorf("building the module: %w", err)
	}
	out := filepath.Join(tmp, "program")
	cmd := goCommand(ctx, m.SourceDir(), "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", "-ldflags=-s -w", "-overlay="+overlay, "-o", out, ".")
	if text, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		_, _ = b.Progress.Write(text)
		return fmt.Errorf("building the module: go build: %w: fix the errors above", err)
	}
	if now, err := m.Hash(b.Salt); err != nil || b.program(now) != program {
		return errors.New("building the module: its source changed meanwhile: run it again")
	}
	if err := os.Rename(out, program); err != nil {
		return fmt.Errorf("building the module: %w", err)
	}
	return nil
}

// writeOverlay writes files and the description of an overlay that adds them to dir.
// Files that another generator left beside the bindings are hidden.
func writeOverlay(tmp, dir string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	others, _ := filepath.Glob(filepath.Join(dir, "internal", "dagger", "*.go"))
	for _, o := range others {
		replace[o] = ""
	}
	for name, contents := range files {
		path := filepath.Join(tmp, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(path, contents, 0o644); err != nil {
			return "", err
		}
		replace[filepath.Join(dir, filepath.FromSlash(name))] = path
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(tmp, "overlay.json")
	return path, os.WriteFile(path, b, 0o644)
}

// SDKDir is the directory of the SDK's source, at the version that the Go module
// in dir asks for.
func SDKDir(ctx context.Context, dir string) (string, error) {
	cmd := goCommand(ctx, dir, "mod", "download", "-json", SDK)
	out, err := cmd.Output()
	var got struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &got); err == nil && jsonErr != nil {
		err = jsonErr
	}
	if got.Error != "" {
		err = errors.New(got.Error)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		err = errors.New(strings.Join(strings.Fields(string(exit.Stderr)), " "))
	}
	if err != nil {
		return "", fmt.Errorf("finding %s for the module in %q: %w", SDK, dir, err)
	}
	return got.Dir, nil
}

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "PWD="+dir)
	return cmd
}

const (
	keepPrograms = 8              // programs that stay whatever their age
	keepFor      = 24 * time.Hour // programs used since then stay
)

// prune removes the programs that were not used for long.
func (b Builder) prune(current string) {
	programs, _ := filepath.Glob(filepath.Join(b.Cache, "module-*"))
	if len(programs) <= keepPrograms {
		return
	}
	for _, p := range programs {
		if info, err := os.Stat(p); err == nil && p != current && time.Since(info.ModTime()) > keepFor {
			_ = os.Remove(p)
		}
	}
}
