package module_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dagger/pipeline/embedded/bindings"
	"dagger/pipeline/embedded/module"
)

// copyFixture makes a module that a test may change.
func copyFixture(t *testing.T) *module.Module {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/fixture")); err != nil {
		t.Fatal(err)
	}
	return load(t, dir)
}

func load(t *testing.T, dir string) *module.Module {
	t.Helper()
	m, err := module.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func builder(t *testing.T, progress *bytes.Buffer) module.Builder {
	t.Helper()
	return module.Builder{Cache: t.TempDir(), Generate: bindings.Generate, Salt: bindings.Salt(), Progress: progress}
}

func TestBuildOnceForEachSource(t *testing.T) {
	m := copyFixture(t)
	var progress bytes.Buffer
	b := builder(t, &progress)
	first, err := b.Build(context.Background(), m)
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	if progress.String() != "building the module pipeline, once for this source\n" {
		t.Errorf("said %q", progress.String())
	}
	progress.Reset()
	again, err := b.Build(context.Background(), m)
	if err != nil || again != first || progress.Len() > 0 {
		t.Errorf("second build: %q, %v, said %q", again, err, &progress)
	}
	main := filepath.Join(m.Dir, "main.go")
	source, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(main, append(source, "\n// changed\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	changed, err := b.Build(context.Background(), load(t, m.Dir))
	if err != nil || changed == first {
		t.Errorf("build of another source: %q, %v", changed, err)
	}
	if _, err := os.Stat(filepath.Join(m.Dir, module.GeneratedFile)); err == nil {
		t.Error("the build wrote into the module's directory")
	}
}

func TestBuildTwoAtOnce(t *testing.T) {
	m := copyFixture(t)
	var progress bytes.Buffer
	b := builder(t, nil)
	b.Progress = &locked{w: &progress}
	var wg sync.WaitGroup
	paths := make([]string, 3)
	for i := range paths {
		wg.Go(func() {
			var err error
			if paths[i], err = b.Build(context.Background(), m); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if paths[0] == "" || paths[1] != paths[0] || paths[2] != paths[0] || strings.Count(progress.String(), "building") != 1 {
		t.Errorf("programs %q, said %q", paths, &progress)
	}
}

type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// TestBuildOverForeignBindings: what Dagger's code generation left in the tree
// is hidden, not used.
func TestBuildOverForeignBindings(t *testing.T) {
	m := copyFixture(t)
	for name, text := range map[string]string{
		"dagger.gen.go":                 "package main\n\nfunc main() { panic(\"foreign\") }\n",
		"internal/dagger/dagger.gen.go": "package dagger\n\nfunc Connect() int { return 1 }\n",
		"internal/dagger/dep.gen.go":    "package dagger\n\ntype Client int\n",
	} {
		path := filepath.Join(m.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var progress bytes.Buffer
	if _, err := builder(t, &progress).Build(context.Background(), m); err != nil {
		t.Errorf("%v\n%s", err, &progress)
	}
}

func TestBuildErrors(t *testing.T) {
	t.Run("compiler", func(t *testing.T) {
		m := copyFixture(t)
		if err := os.WriteFile(filepath.Join(m.Dir, "steps", "bad.go"), []byte("package steps\n\nvar x int = \"y\"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		var progress bytes.Buffer
		b := builder(t, &progress)
		_, err := b.Build(context.Background(), m)
		if err == nil || err.Error() != "building the module: go build: exit status 1: fix the errors above" {
			t.Errorf("got %v", err)
		}
		if !strings.Contains(progress.String(), "steps/bad.go:3:13:") {
			t.Errorf("said\n%s", &progress)
		}
		if left, _ := filepath.Glob(filepath.Join(b.Cache, "build-*")); len(left) > 0 {
			t.Errorf("left behind %q", left)
		}
	})
	t.Run("no SDK", func(t *testing.T) {
		m := copyFixture(t)
		if err := os.WriteFile(filepath.Join(m.Dir, "go.mod"), []byte("module dagger/pipeline\n\ngo 1.26\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := builder(t, new(bytes.Buffer)).Build(context.Background(), m)
		if err == nil || !strings.HasPrefix(err.Error(), "finding dagger.io/dagger for the module in ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no go", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := builder(t, new(bytes.Buffer)).Build(context.Background(), copyFixture(t))
		if err == nil || err.Error() != "building the module: go is not on PATH: install Go 1.26 or later" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("edit meanwhile", func(t *testing.T) {
		m := copyFixture(t)
		b := builder(t, new(bytes.Buffer))
		b.Generate = func(m *module.Module, sdk string) (map[string][]byte, error) {
			if err := os.WriteFile(filepath.Join(m.Dir, "steps", "new.go"), []byte("package steps\n"), 0o644); err != nil {
				return nil, err
			}
			return bindings.Generate(m, sdk)
		}
		if _, err := b.Build(context.Background(), m); err == nil || err.Error() != "building the module: its source changed meanwhile: run it again" {
			t.Errorf("got %v", err)
		}
		if _, err := b.Build(context.Background(), m); err != nil {
			t.Error(err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := builder(t, new(bytes.Buffer)).Build(ctx, copyFixture(t)); err == nil || !strings.Contains(err.Error(), "canceled") {
			t.Errorf("got %v", err)
		}
	})
}

func TestBuildForgetsOldPrograms(t *testing.T) {
	b := builder(t, new(bytes.Buffer))
	old := time.Now().Add(-48 * time.Hour)
	for i := range 10 {
		path := filepath.Join(b.Cache, "module-"+strings.Repeat(string(rune('a'+i)), 32))
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
		if i < 6 {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := b.Build(context.Background(), copyFixture(t)); err != nil {
		t.Fatal(err)
	}
	programs, err := filepath.Glob(filepath.Join(b.Cache, "module-*"))
	if err != nil || len(programs) != 5 {
		t.Errorf("%d programs are left, want the 4 recent ones and the new one: %v", len(programs), err)
	}
}
