package aws

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// kept is a call of a level that keeps its results, and takes those that it finds.
func kept(p *harness.Project, registry, level string, verb ...string) harness.Call {
	return leveled(p, registry, level, verb...).Without("--results-max-age").With(loggedIn(p.T()))
}

// What a test and a build gave serves a runner that has nothing: no image is pulled and nothing runs.
func TestResultsTravel(t *testing.T) {
	cold := engine(t)
	p, registry := world.Project(t), images()
	test := kept(p, registry, "open", "test")
	first := world.Succeed(t, test)
	if len(first.Ran()) == 0 {
		t.Fatal("the tests did not run")
	}
	one := world.Succeed(t, kept(p, registry, "open", "build-package", "contents"))

	again := cold.Succeed(t, test)
	if ran := again.Ran(); len(ran) > 0 {
		t.Errorf("ran %q", ran)
	}
	if !strings.Contains(again.Stdout, "the tests passed ") || !strings.HasSuffix(strings.TrimSpace(again.Stdout), strings.TrimSpace(first.Stdout)) {
		t.Errorf("got %q, the run gave %q", again.Stdout, first.Stdout)
	}
	r := cold.Succeed(t, kept(p, registry, "open", "build-package", "contents"))
	if ran := r.Ran(); len(ran) > 0 || r.Stdout != one.Stdout {
		t.Errorf("ran %q, the same bytes: %v", ran, r.Stdout == one.Stdout)
	}
	t.Log(again.Stderr, r.Stderr)
}
