// Package python runs the pipeline on projects of different shapes: package
// managers, versions, extras, packages of the repository.
package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

var world *harness.World

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, "../..", func(w *harness.World) { world = w }))
}

// project is a copy of a directory of testdata.
func project(t *testing.T, name string) *harness.Project {
	t.Helper()
	p := world.Empty(t)
	err := filepath.WalkDir(filepath.Join("testdata", name), func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		rel, _ := filepath.Rel(filepath.Join("testdata", name), file)
		p.Write(rel, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// passes runs the tests of a project and wants its line.
func passes(t *testing.T, p *harness.Project, want string, flags ...string) harness.Result {
	t.Helper()
	r := world.Succeed(t, p.Call(append(flags, "test")...))
	if !strings.Contains(r.Stdout, want) {
		t.Errorf("test printed %q, want %q", r.Stdout, want)
	}
	return r
}

// installed tells whether a call installed third-party packages.
func installed(r harness.Result) bool {
	for _, command := range r.Ran() {
		if strings.Contains(command, "install-dependencies") {
			return true
		}
	}
	return false
}

// tested tells whether a call ran the tests.
func tested(r harness.Result) bool {
	for _, command := range r.Ran() {
		if command == harness.RunTests {
			return true
		}
	}
	return false
}
