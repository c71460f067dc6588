package tests

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// The exit code is make's own, 2, when a recipe fails.
const makeFailure = 2

func TestFailingTests(t *testing.T) {
	p := world.Project(t)
	p.Append("tests/test_fixture.py", "\n\ndef test_wrong():\n    assert fixture.double(1) == 3\n")
	r := world.Run(t, p.Call("test"))
	wantFailure(t, r, makeFailure, "running make test: 1 of 3 tests failed: tests.test_fixture.test_wrong")
	wantRan(t, harness.Result{Steps: onlyTests(r.Steps)}, harness.RunTests)
	if shown := r.Stdout + r.Stderr; !strings.Contains(shown, "assert 2 == 3") {
		t.Errorf("the output does not show why the test failed:\n%s", shown)
	}

	dir, r := p.Reports(t)
	wantRan(t, r) // the reports are of the run above
	report := harness.ReadJUnit(t, filepath.Join(dir, "junit.xml"))
	if report.Tests != 3 || report.Failures != 1 {
		t.Errorf("JUnit reports %d failures in %d tests, want 1 in 3", report.Failures, report.Tests)
	}
	if rate := lineRate(t, filepath.Join(dir, "coverage.xml")); rate != "1" {
		t.Errorf("Cobertura reports a line rate of %s, want 1", rate)
	}
	if again := p.Run(t); again != report.Run {
		t.Error("asking for the reports twice ran the tests again")
	}
}

// Reports asked for first, then the verdict: one execution as well.
func TestReportsBeforeVerdict(t *testing.T) {
	p := world.Project(t)
	_, r := p.Reports(t)
	wantRan(t, harness.Result{Steps: onlyTests(r.Steps)}, harness.RunTests)
	wantRan(t, world.Succeed(t, p.Call("test")))
}

// What make test ends with is what the call ends with, whatever that is.
func TestExitCodeIsThatOfMakeTest(t *testing.T) {
	p := world.Project(t)
	p.Write("Makefile", "test:\n\t@echo broken >&2; kill -TERM $$PPID; sleep 60\n")
	r := world.Run(t, p.Call("test"))
	const terminated = 128 + 15
	wantFailure(t, r, terminated, "running make test: broken")
}

func onlyTests(steps []harness.Step) []harness.Step {
	var out []harness.Step
	for _, s := range steps {
		if s.Name == harness.RunTests {
			out = append(out, s)
		}
	}
	return out
}

func lineRate(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Rate string `xml:"line-rate,attr"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	return report.Rate
}
