package tests

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

const (
	unused = "def f(x):\n    y = x + 1\n    return y\n\n\ndef g(x):\n    y = x + 2\n    return y\n"
	third  = "def test_third():\n    assert True\n"
)

// recipe replaces what make test does.
func recipe(p *harness.Project, lines ...string) {
	p.Write("Makefile", ".PHONY: test\ntest:\n\t"+strings.Join(lines, "\n\t")+"\n")
}

// The project measures one package and wants 90 %: it gets its own verdict.
func TestCoverageIsTheProjectsOwn(t *testing.T) {
	p := world.Project(t)
	p.Write("src/fixture/unused.py", unused)
	recipe(p, "python -m pytest --cov=src/fixture --cov-fail-under=90")
	r := world.Run(t, p.Call("test"))
	if line := errorLine(t, r); r.Code != makeFailure || !strings.HasPrefix(line, "running make test: the coverage is ") || !strings.HasSuffix(line, " %, the project requires 90 %") {
		t.Errorf("exit code %d, error %q: want the project's own verdict on its coverage", r.Code, line)
	}
}

// Nothing is measured that the project does not measure.
func TestNothingIsMeasuredUnasked(t *testing.T) {
	p := world.Project(t)
	recipe(p, "python -m pytest", "test ! -e .coverage")
	if r := world.Succeed(t, p.Call("test")); strings.TrimSpace(r.Stdout) != "2 tests passed" {
		t.Errorf("test printed %q", r.Stdout)
	}
}

// Reports are found where the project writes them, and those of all runs are given.
func TestReportsOfSeveralRuns(t *testing.T) {
	p := world.Project(t)
	p.Write("tests/test_third.py", third)
	p.Write("tests/test_fourth.py", strings.ReplaceAll(third, "third", "fourth"))
	p.Write("old/report.xml", `<testsuites><testsuite name="old" tests="99"/></testsuites>`)
	recipe(p,
		"python -m pytest --junitxml=build/report.xml --cov=src --cov-report=xml:build/cov.xml tests/test_fixture.py",
		"python -m pytest tests/test_third.py",
		"python -m pytest --junitxml=/tmp/fourth.xml tests/test_fourth.py",
		"python -m unittest -q tests.test_nothing || true")
	if r := world.Succeed(t, p.Call("test")); strings.TrimSpace(r.Stdout) != "4 tests passed, coverage 100.0%" {
		t.Errorf("test printed %q", r.Stdout)
	}
	dir, _ := p.Reports(t)
	data, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Suites []struct {
			Cases []struct {
				Name string `xml:"name,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range report.Suites {
		for _, c := range s.Cases {
			names = append(names, c.Name)
		}
	}
	if got := strings.Join(names, " "); len(names) != 4 || !strings.Contains(got, "test_third") || !strings.Contains(got, "test_fourth") {
		t.Errorf("junit.xml has the tests %q", got)
	}
	if rate := lineRate(t, filepath.Join(dir, "coverage.xml")); rate != "1" {
		t.Errorf("coverage.xml has a line rate of %s", rate)
	}
}

// The command: make test, else that of the table, else pytest; the table wins.
func TestWhatRunsTheTests(t *testing.T) {
	for _, test := range []struct {
		name, makefile, table, want string
	}{
		{"pytest without a Makefile", "", "", "2 tests passed"},
		{"pytest where no target is", "build:\n\ttrue\n", "", "2 tests passed"},
		{"a target that is included", "include more.mk\n", "", "make test succeeded; it wrote no JUnit report"},
		{"a rule for anything", "run:\n\techo $@\n%:\n\t@:\n", "", "2 tests passed"},
		{"tests that run pytest", "", "command = \"pytest inner\"", "1 test passed"},
		{"a failure that the command hides", "", "command = \"echo 'def test_wrong(): assert 0' >test_wrong.py; pytest tests test_wrong.py; true\"", "echo 'def test_wrong(): assert 0' >test_wrong.py; pytest tests test_wrong.py; true succeeded, although 1 of 3 tests failed: test_wrong.test_wrong"},
		{"a test that ends pytest", "", "command = \"echo 'import os; os._exit(0)' >test_wrong.py; pytest tests test_wrong.py\"", "echo 'import os; os._exit(0)' >test_wrong.py; pytest tests test_wrong.py succeeded, although pytest ended before its tests did"},
		{"the table's command", "test:\n\tfalse\n", "command = \"python -m pytest -k double && echo done\"", "1 test passed"},
		{"coverage without a report, in another place", "", "command = \"mkdir out; COVERAGE_FILE=out/data python -m pytest --cov=src --cov-report=lcov:out/lcov\"", "2 tests passed, coverage 100.0%"},
		{"unittest", "", "command = \"python -m unittest discover -s unit\"", "1 test passed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := world.Project(t)
			p.Remove("Makefile")
			if test.makefile != "" {
				p.Write("Makefile", test.makefile)
			}
			p.Write("more.mk", "test:\n\t@echo tested\n")
			p.Write("inner/test_inner.py", "pytest_plugins = [\"pytester\"]\n\n\ndef test_wrong(pytester):\n    pytester.makepyfile(\"def test_x(): assert 0\")\n    pytester.runpytest(\"--junitxml=inner.xml\").assert_outcomes(failed=1)\n")
			p.Write("unit/test_unit.py", "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_one(self):\n        pass\n")
			p.Append("pyproject.toml", "\n[tool.pipeline.test]\n"+test.table+"\n")
			if r := world.Succeed(t, p.Call("test")); strings.TrimSpace(r.Stdout) != test.want {
				t.Errorf("test printed %q, want %q", r.Stdout, test.want)
			}
		})
	}
}

const environment = `
import os


def test_variables():
    print("the secret is", os.environ["API_TOKEN"])
    assert os.environ["DATABASE_URL"] == "postgres://localhost/x"
    assert len(os.environ["API_TOKEN"]) == 20


def test_shown():
    assert "SHOW" not in os.environ, os.environ["API_TOKEN"]
`

// Variables of tests come from the table, secret ones from a secret that no output, report or cache key holds.
func TestVariablesOfTests(t *testing.T) {
	const first, second = "first-value-of-token", "other-value-of-token"
	p := world.Project(t)
	p.Write("tests/test_environment.py", environment)
	recipe(p, "python -m pytest -s")
	table := "\n[tool.pipeline.test.variables]\nDATABASE_URL = \"postgres://localhost/x\"\n"

	r := world.Run(t, p.Call("test"))
	if line := errorLine(t, r); !strings.Contains(line, `the variable "API_TOKEN" is not set: give it in [tool.pipeline.test] variables, or with --test-secrets`) {
		t.Errorf("without variables the error is %q", line)
	}

	p.Append("pyproject.toml", table)
	call := p.Call("--test-secrets", "env://TEST_SECRETS", "test")
	r = world.Succeed(t, call.With("TEST_SECRETS=API_TOKEN="+first+"\n"))
	if strings.Contains(r.Stderr+r.Stdout, first) {
		t.Error("the output shows a secret variable")
	}
	again := world.Succeed(t, call.With("TEST_SECRETS=API_TOKEN="+second+"\n"))
	wantRan(t, again) // another value is no other cache key

	p.Append("pyproject.toml", "SHOW = \"1\"\n")
	call = p.Call("--test-secrets", "env://TEST_SECRETS", "test")
	world.Run(t, call.With("TEST_SECRETS=API_TOKEN="+first+"\n"))
	dir := filepath.Join(t.TempDir(), "reports")
	world.Succeed(t, p.Call("--test-secrets", "env://TEST_SECRETS", "test-reports", "export", "--path", dir).With("TEST_SECRETS=API_TOKEN="+first+"\n"))
	data, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), first) || !strings.Contains(string(data), "***") {
		t.Error("the report of the failed test shows a secret variable, or not that it had one")
	}
}

// What the containers cannot have is named, with what to do.
func TestWhatTestsCannotHave(t *testing.T) {
	p := world.Project(t)
	p.Write(".env", "DATABASE_URL=postgres://localhost/x\n")
	p.Write("tests/test_it.py", "import os, subprocess\nfrom pathlib import Path\n\n\ndef test_variable():\n    assert os.environ[\"DATABASE_URL\"]\n\n\ndef test_dotenv():\n    assert Path(\".env\").exists()\n\n\ndef test_git():\n    subprocess.check_call([\"git\", \"describe\", \"--always\"])\n")
	recipe(p, "python -m pytest tests/test_it.py")
	r := world.Run(t, p.Call("test"))
	line := errorLine(t, r)
	for _, want := range []string{
		"3 of 3 tests failed: tests.test_it.test_variable, tests.test_it.test_dotenv, tests.test_it.test_git", ".env files stay out of the containers",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("the error does not say %q: %s", want, line)
		}
	}
	for _, want := range []string{"--test-secrets", "git", `the variable "DATABASE_URL" is not set`} { // the other causes, above it
		if !strings.Contains(r.Stderr, want) {
			t.Errorf("the lines above the error do not say %q:\n%s", want, r.Stderr)
		}
	}
}
