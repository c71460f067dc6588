package tests

import (
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// stamps tell which executions a project's containers and reports come from.
type stamps struct{ installed, run string }

func read(t *testing.T, p *harness.Project) stamps {
	t.Helper()
	return stamps{installed: p.Installed(t), run: p.Run(t)}
}

// wantRan checks which commands ran, where the engine says so.
func wantRan(t *testing.T, r harness.Result, want ...string) {
	t.Helper()
	if world.Engine.Name() != "embedded" {
		return
	}
	if len(r.Steps) == 0 {
		t.Error("the call reported no step at all")
	}
	if got := r.Ran(); !slices.Equal(got, want) {
		t.Errorf("ran %q, want %q", got, want)
	}
}

func TestUnchangedProjectRunsNothing(t *testing.T) {
	p := world.Project(t)
	first := world.Succeed(t, p.Call("test"))
	if want := "2 tests passed, coverage 100.0%"; strings.TrimSpace(first.Stdout) != want {
		t.Errorf("test printed %q, want %q", first.Stdout, want)
	}
	before := read(t, p)
	second := world.Succeed(t, p.Call("test"))
	wantRan(t, second)
	if second.Stdout != first.Stdout {
		t.Errorf("the second call printed %q, the first %q", second.Stdout, first.Stdout)
	}
	if after := read(t, p); after != before {
		t.Errorf("something ran again: %+v, before %+v", after, before)
	}
	again := world.Succeed(t, p.Call("test", "--attempt", t.Name()))
	wantRan(t, again, harness.RunTests)
}

func TestChangeRunsOnlyWhatDependsOnIt(t *testing.T) {
	for _, test := range []struct {
		name     string
		change   func(*harness.Project)
		installs bool
	}{
		{"a source file", func(p *harness.Project) { p.Append("src/fixture/__init__.py", "\n# edited\n") }, false},
		{"the version", func(p *harness.Project) { p.Replace("pyproject.toml", `"0.1.0"`, `"0.2.0"`) }, false},
		{"the description", func(p *harness.Project) { p.Replace("pyproject.toml", "few dependencies", "not many dependencies") }, false},
		{"the lock file", lockOlderSix, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := world.Project(t)
			world.Succeed(t, p.Call("test"))
			before := read(t, p)
			test.change(p)
			r := world.Succeed(t, p.Call("test"))
			after := read(t, p)
			if after.run == before.run {
				t.Error("the tests did not run again")
			}
			if installed := after.installed != before.installed; installed != test.installs {
				t.Errorf("dependencies installed again: %v, want %v", installed, test.installs)
			}
			if !test.installs {
				wantRan(t, r, harness.RunTests)
			}
		})
	}
}

// lockOlderSix locks an older release of a dependency, which pyproject.toml allows too.
func lockOlderSix(p *harness.Project) {
	p.Replace("poetry.lock", `version = "1.17.0"`, `version = "1.16.0"`)
	for old, new := range map[string]string{
		"4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274": "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254",
		"ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81": "1e61c37477a1626458e36f7b1d82aa5c9b094fa4802892072e49de9c60c4c926",
		"six-1.17.0": "six-1.16.0",
	} {
		p.Replace("poetry.lock", old, new)
	}
	p.Replace("tests/test_fixture.py", `.startswith("1.")`, ` == "1.16.0"`)
}
