package bindings

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"dagger/pipeline/embedded/module"
)

const shapes = `package main

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"
)

type Pipeline struct {
	Name  string
	Count *int
	// +private
	Ready bool
}

type Mode string

const (
	ModeFast Mode = "fast"
	ModeSlow Mode = "slow"
)

func New(
	// +optional
	name string,
) (Pipeline, error) {
	if name == "bad" {
		return Pipeline{}, errors.New("making the pipeline: bad name")
	}
	return Pipeline{Name: name, Ready: true}, nil
}

func (p Pipeline) Value() bool { return p.Ready }

func (p *Pipeline) Panics() string { panic("oops") }

func (p *Pipeline) Joined(modes ...Mode) string { return fmt.Sprint(len(modes), modes) }

func (p *Pipeline) Numbers(ns []int, f float64, on *bool) string {
	return fmt.Sprint(ns, f, on != nil && *on)
}

func (p *Pipeline) Objects(dirs []*dagger.Directory, secret *dagger.Secret, socket *dagger.Socket, none *dagger.File) string {
	return fmt.Sprint(len(dirs), dirs[0] != nil, secret != nil, socket != nil, none == nil)
}

func (p *Pipeline) Floats() []float64 { return []float64{1.5, 2} }

func (p *Pipeline) Nothing() *dagger.Directory { return nil }

func (p *Pipeline) Picked(mode Mode) Mode { return mode }

func (p *Pipeline) Wrapped(ctx context.Context) error {
	return fmt.Errorf("outer: %w", detailed{})
}

func (p *Pipeline) Many(ctx context.Context, n int) error {
	errs := make(chan error, n)
	for range n {
		go func() { _, err := dag.Version(ctx); errs <- err }()
	}
	var err error
	for range n {
		err = errors.Join(err, <-errs)
	}
	return err
}

func (p *Pipeline) Waits(ctx context.Context) {
	fmt.Println("waiting")
	<-ctx.Done()
}

// Inside is an object that another function leads to.
type Inside struct {
	Kept string
}

func (p *Pipeline) Inside(ctx context.Context, kept struct {
	Words []string
	// +optional
	Dir *dagger.Directory
	hidden int
}) *Inside {
	return &Inside{Kept: fmt.Sprint(kept.Words, kept.Dir != nil, kept.hidden)}
}

func (p *Pipeline) NoInside() *Inside { return nil }

func (p *Pipeline) ByValue() (Inside, error) { return Inside{Kept: "value"}, nil }

func (i *Inside) Again(n int) *Inside { return &Inside{Kept: fmt.Sprint(i.Kept, n)} }

func (i *Inside) Show() string { return i.Kept }

type detailed struct{}

func (detailed) Error() string              { return "inner" }
func (detailed) Extensions() map[string]any { return map[string]any{"exitCode": 5} }
`

// buildShapes builds the program of a module with every shape of function.
func buildShapes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../module/testdata/fixture")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(shapes), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := module.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	b := module.Builder{Cache: t.TempDir(), Generate: Generate, Salt: Salt(), Progress: &said}
	program, err := b.Build(context.Background(), m)
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	return program
}
