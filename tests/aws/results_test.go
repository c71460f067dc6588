package aws

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// kept is a call of a level that keeps its results, and takes those that it finds.
func kept(p *harness.Project, registry, level string, verb ...string) harness.Call {
	return leveled(p, registry, level, verb...).Without("--results-max-age").With(loggedIn(p.T()))
}

// pulled are the images whose files a call got, and all that it ran.
func pulled(r harness.Result) (out []string) {
	for _, s := range r.Steps {
		if strings.HasPrefix(s.Name, "pull ") && !strings.Contains(s.Name, "/results@") {
			out = append(out, s.Name)
		}
	}
	return append(out, r.Ran()...)
}

var missed = regexp.MustCompile(`(\S+/results:\S+): not found`)

// What tests and a build gave serves a runner that has nothing: it pulls no image and runs nothing, also after
// an edit of what they do not read.
func TestResultsTravel(t *testing.T) {
	cold := engine(t)
	p, registry := world.Project(t), images()
	p.Write("README.md", "# A fixture\n")
	first := world.Succeed(t, kept(p, registry, "open", "test"))
	if len(first.Ran()) == 0 || strings.Contains(first.Stderr, "not kept") {
		t.Fatalf("the tests did not run, or their result is not kept\n%s", first.Stderr)
	}
	built := world.Succeed(t, kept(p, registry, "open", "build-package", "size"))
	for _, edit := range []string{"", "README.md", "infra/main.tf"} {
		if edit != "" {
			p.Append(edit, "\n# edited\n")
		}
		test := cold.Succeed(t, kept(p, registry, "open", "test"))
		said, summary, _ := strings.Cut(strings.TrimSpace(test.Stdout), "\n")
		if !strings.HasPrefix(said, "the tests passed ") || !strings.Contains(said, registry+"/open/results@sha256:") || summary != strings.TrimSpace(first.Stdout) || len(pulled(test)) > 0 {
			t.Errorf("edit of %q: got %q, pulled and ran %q\n%s", edit, test.Stdout, pulled(test), test.Stderr)
		}
		again := cold.Succeed(t, kept(p, registry, "open", "build-package", "size"))
		if again.Stdout != built.Stdout || len(pulled(again)) > 0 {
			t.Errorf("edit of %q: a package of %q bytes, want %q, pulled and ran %q\n%s", edit, again.Stdout, built.Stdout, pulled(again), again.Stderr)
		}
	}
	out := t.TempDir()
	reports := cold.Succeed(t, kept(p, registry, "open", "test-reports", "-o", out))
	if text, err := os.ReadFile(filepath.Join(out, "junit.xml")); err != nil || !strings.Contains(string(text), "<testsuite") || len(pulled(reports)) > 0 {
		t.Errorf("reports: %v %q, pulled and ran %q", err, text, pulled(reports))
	}
}

// Who may push any branch can say of any tests that they passed. A protected run does not ask there, and what it
// finds under a name must be of that name.
func TestResultsOfOthers(t *testing.T) {
	p, registry := world.Project(t), images()
	open := missed.FindStringSubmatch(world.Succeed(t, kept(p, registry, "open", "test")).Stderr)
	protected := kept(p, registry, "protected", "test")
	for _, want := range []bool{false, true} {
		r := world.Succeed(t, protected)
		if found := strings.Contains(r.Stdout, "the tests passed "); found != want || strings.Contains(r.Stderr+r.Stdout, "/open/results") {
			t.Errorf("found %v, want %v\n%s\n%s", found, want, r.Stdout, r.Stderr)
		}
	}
	world.Succeed(t, kept(p, registry, "open", "build-package", "size"))
	r := world.Succeed(t, kept(p, registry, "open", "build-package", "size"))
	result := regexp.MustCompile(`see (\S+): not run again`).FindStringSubmatch(r.Stderr)
	if open == nil || result == nil {
		t.Fatalf("no names: %q %q\n%s", open, result, r.Stderr)
	}
	move(t, result[1], open[1][strings.LastIndex(open[1], ":")+1:])
	r = world.Succeed(t, kept(p, registry, "open", "test"))
	if !strings.Contains(r.Stderr, "it is of other inputs") || strings.Contains(r.Stdout, "/open/results") {
		t.Errorf("the package passed for the tests' result\n%s\n%s", r.Stdout, r.Stderr)
	}
}

// A failure is nobody's result, and one that cannot be pushed is no failure.
func TestResultsThatAreNotKept(t *testing.T) {
	p, registry := world.Project(t), images()
	p.Append("tests/test_fixture.py", "\n\ndef test_that_fails():\n    raise SystemExit(3)\n")
	r := world.Run(t, kept(p, registry, "open", "test"))
	name := missed.FindStringSubmatch(r.Stderr)
	if r.Code == 0 || name == nil || tagged(t, name[1]) != "" {
		t.Errorf("exit code %d, looked for %q\n%s", r.Code, name, r.Stderr)
	}
	p = world.Project(t)
	r = world.Succeed(t, asOpen(kept(p, registry, "protected", "test")))
	if !strings.Contains(r.Stderr, "results of this call are not kept for other runs") {
		t.Errorf("a login that may not push: %s", r.Stderr)
	}
}
