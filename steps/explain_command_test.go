package steps

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"dagger/pipeline/tell"
)

// What testdata/commands/record.py recorded of commands that really failed, and
// the line that each gives.
func TestExplainRealFailures(t *testing.T) {
	const (
		notThere = ` is not there: add the package that has it to the project's dependencies, or its extra or group, or a system package, to [tool.pipeline]`
		dotenv   = ".env files stay out of the containers: give their values in [tool.pipeline.test] variables, or with --test-secrets, and include the file only where it is there (-include .env in a Makefile)"
		noGit    = "git is not in the app container, and neither is the repository's .git: take what git says from a variable, and give it in [tool.pipeline.test] variables, or with --test-secrets; where it is for something else, add git to system-packages in [tool.pipeline]"
		noModule = ` is installed: add the package that has it to the project's dependencies, or its extra or group to [tool.pipeline]`
	)
	wants := map[string]string{
		"command-missing":             `the command "ruff-of-another-world"` + notThere,
		"command-missing-in-a-pipe":   `the command "no-such-program"` + notThere,
		"command-missing-in-bash":     `the command "no-such-program"` + notThere,
		"command-not-executable":      `"./run.sh" may not be executed: commit it with that permission: git update-index --chmod=+x ./run.sh`,
		"no-tests-collected":          "pytest found no tests to run: check testpaths and what is selected",
		"no-tests-selected":           "pytest found no tests to run: check testpaths and what is selected",
		"pytest-unknown-option":       "pytest does not know --timeout=5: lock the plugin that does, in a group that is installed",
		"pytest-no-such-path":         `pytest finds no file or directory "no/such/tests" in the source`,
		"pytest-not-installed":        `no module "pytest"` + noModule,
		"import-in-test":              `no module "boto_of_another_world"` + noModule,
		"import-in-conftest":          `no module "boto_of_another_world"` + noModule,
		"coverage-too-low":            "the coverage is 0.00 %, the project requires 90 %",
		"variable-not-set":            `the variable "DATABASE_URL" is not set: give it in [tool.pipeline.test] variables, or with --test-secrets`,
		"dotenv-included":             dotenv,
		"dotenv-sourced":              dotenv,
		"dotenv-opened":               dotenv,
		"not-a-git-repository":        "the source has no .git in the containers: take what git says from a variable, and give it in [tool.pipeline.test] variables, or with --test-secrets",
		"git-not-installed":           noGit,
		"git-not-installed-in-test":   noGit,
		"connection-refused":          "nothing answers at an address that the tests connect to: let them start it, or name its address in [tool.pipeline.test] variables",
		"unknown-host":                "the tests connect to a host whose name nobody knows in the container: name another in [tool.pipeline.test] variables",
		"killed":                      "a command was killed (make says: Makefile:3: target), most likely because the memory did not suffice: give the engine more, or run less at a time",
		"killed-shell":                "a command was killed (make says: Makefile:3: target), most likely because the memory did not suffice: give the engine more, or run less at a time",
		"segmentation-fault":          "a command crashed: Segmentation fault (make says: Makefile:3: target): look for a package with native code that does not fit the image",
		"aborted":                     "a command crashed: Aborted (make says: Makefile:3: target): look for a package with native code that does not fit the image",
		"memory-error":                "Python could not get the memory that it asked for: give the engine more, or run less at a time",
		"disk-full":                   "the engine's disk is full: free some, or prune the engine's cache",
		"unittest-fails":              "1 of 2 tests failed: test_a.T.test_one",
		"syntax-error":                "SyntaxError: invalid syntax",
		"exception":                   "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
		"makefile-separator":          "line 1 of Makefile: missing separator",
		"makefile-missing-dependency": `make's target "target" needs "nowhere.txt", which is not in the source and which no rule makes`,
		"error-of-the-project":        "error: the schema is out of date: run make schema",
		"compiler-missing":            "a package is built from source and needs the compiler no-such-compiler: add it to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel",
		"timeout":                     "timeout 1 sleep 5: make: *** [Makefile:3: target] Error 124",
	}
	files, err := filepath.Glob("testdata/commands/*.txt")
	if err != nil || len(files) != len(wants) {
		t.Errorf("%d recorded failures, %d lines for them (%v)", len(files), len(wants), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		_, output, _ := strings.Cut(string(data), "-- stdout --\n")
		stdout, stderr, _ := strings.Cut(output, "-- stderr --\n")
		if got := ExplainTests("", stdout, stderr); got != wants[name] {
			t.Errorf("%s:\n got %s\nwant %s", name, got, wants[name])
		}
	}
}

// A line on failed tests also names what they raised, and nothing that other tests printed.
func TestExplainNamedTests(t *testing.T) {
	stdout := "E       KeyError: 'DATABASE_URL'\n\n<frozen os>:679: KeyError\n\n----- Captured stdout call -----\nfatal: not a git repository\nNo module named 'x'\n"
	const want = `1 of 3 tests failed: t.a: the variable "DATABASE_URL" is not set: give it in [tool.pipeline.test] variables, or with --test-secrets`
	if got := ExplainTests("1 of 3 tests failed: t.a", stdout, ""); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, said := range []string{"Error: Invalid value for '-f': Path '/app/.env' does not exist.\n", "error: No environment file found at: `.env`\n"} {
		if got := ExplainBuild("", said); !strings.HasPrefix(got, ".env files stay out of the containers") {
			t.Errorf("%s: %s", said, got)
		}
	}
	const document = `1 of 3 tests failed: t.a: there is no "CHANGES.md" in the containers: a document at the top of the project is there only where pyproject.toml, the Makefile or conftest.py names it: name it in one of them`
	if got := ExplainTests("1 of 3 tests failed: t.a", "E       FileNotFoundError: [Errno 2] No such file or directory: '/app/CHANGES.md'\n", ""); got != document {
		t.Errorf("got  %s\nwant %s", got, document)
	}
	if got := ExplainTests("1 of 3 tests failed: t.a", "assert 1 == 2\n", "make: *** [Makefile:2: test] Error 1\n"); got != "1 of 3 tests failed: t.a" {
		t.Errorf("got %s", got)
	}
}

// Causes that would make the line too long to read are on lines of their own above it.
func TestLongCauses(t *testing.T) {
	const failed = "3 of 3 tests failed: tests.test_it.test_variable, tests.test_it.test_dotenv, tests.test_it.test_git"
	stdout := "E       KeyError: 'DATABASE_URL'\n\n<frozen os>:679: KeyError\n" +
		"E       AssertionError: assert False\nE        +  where False = exists()\nE        +    where exists = PosixPath('.env').exists\n" +
		"E       FileNotFoundError: [Errno 2] No such file or directory: 'git'\n"
	lines := strings.Split(ExplainTests(failed, stdout, ""), "\n")
	last := lines[len(lines)-1]
	if want := failed + `: .env files stay out of the containers, and 2 more causes: the lines above say what to do`; last != want || len(lines) != 4 {
		t.Errorf("%d lines, the last is\n%s\nwant\n%s", len(lines), last, want)
	}
	for i, want := range []string{"include the file only where it is there", "add git to system-packages", `"DATABASE_URL" is not set: give it in`} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("no %q in line %d of %q", want, i, lines)
		}
	}
	if len(last) > longestLine {
		t.Errorf("%d characters: %s", len(last), last)
	}
	for cause, want := range map[string]string{"a: b": "a", "killed (make says: x: y), most likely: give more": "killed (make says: x: y), most likely", "no more": "no more"} {
		if got := firstClause(cause); got != want {
			t.Errorf("%q: %q", cause, got)
		}
	}
	err := failure(1, []string{"make", "test"}, "its output", "", func(string, string) string { return "a cause\nthe line" })
	var api *gqlerror.Error
	if !errors.As(err, &api) || api.Message != "running make test: the line" || !strings.Contains(api.Extensions["output"].(string), "a cause") {
		t.Errorf("%v", err)
	}
	long := strings.Repeat("x", 5000)
	if got := ExplainBuild("", long+"\n"); len(got) > longestLine {
		t.Errorf("a line of %d characters", len(got))
	}
	if got := FailedTests(`<testsuite><testcase name="` + long + `[a]"><failure/></testcase></testsuite>`); len(got) > longestLine || !strings.HasSuffix(got, "x[a]") {
		t.Errorf("%q", got)
	}
}

// As Poetry 1.7 and 2.3 say it.
func TestExplainPoetryPlugin(t *testing.T) {
	const want = `poetry has no command "build-lambda": name the plugin that has it in [tool.pipeline] poetry-plugins`
	for _, said := range []string{
		"\nThe command \"build-lambda\" does not exist.\nmake: *** [Makefile:2: target] Error 1\n",
		"\nThe requested command build-lambda does not exist.\n\nDocumentation: https://python-poetry.org/docs/cli/\nmake: *** [Makefile:49: dist/lambda.zip] Error 1\n",
	} {
		if got := ExplainBuild("poetry build-lambda -vv\n", said); got != want {
			t.Errorf("%q: %s", said, got)
		}
	}
}

// What makes environments of its own is not needed in one.
func TestExplainMakersOfEnvironments(t *testing.T) {
	const want = `there is no %s in the app container, where all packages are installed already: name the command that it runs in [tool.pipeline.test] or [tool.pipeline.package], such as command = "pytest"`
	for said, name := range map[string]string{
		"make: pdm: No such file or directory\nmake: *** [Makefile:15: test] Error 127\n": "pdm",
		"/bin/sh: 1: tox: not found\nmake: *** [Makefile:3: test] Error 127\n":            "tox",
	} {
		if got := ExplainBuild(name+" run pytest\n", said); got != fmt.Sprintf(want, name) {
			t.Errorf("%q: %s", said, got)
		}
	}
	if got := ExplainBuild("", "/bin/sh: 1: toxic: not found\n"); !strings.HasPrefix(got, `the command "toxic" is not there`) {
		t.Errorf("another command: %s", got)
	}
}

// As uv 0.13 says it where an extra with the command is not installed.
func TestExplainUVRun(t *testing.T) {
	const want = `the command "pytest" is not there: add the package that has it to the project's dependencies, or its extra or group to [tool.pipeline]`
	const said = "error: Failed to spawn: pytest\n  cause: No such file or directory (os error 2)\nmake: *** [Makefile:4: test] Error 2\n"
	if got := ExplainBuild("uv run pytest -v\n", said); got != want {
		t.Error(got)
	}
}

// The answer to a missing Docker is not to install it, but to declare services.
func TestExplainDocker(t *testing.T) {
	for _, said := range []string{
		"/bin/sh: 1: docker: not found\nmake: *** [Makefile:3: test] Error 127\n",
		"make: docker-compose: No such file or directory\nmake: *** [Makefile:3: test] Error 127\n",
		"E   docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))\n",
		"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
	} {
		if got := ExplainBuild("", said); !strings.Contains(got, "[tool.pipeline.test.services]") {
			t.Errorf("%q: %q", said, got)
		}
	}
}

func TestExplainCrash(t *testing.T) {
	const said = "Fatal Python error: Segmentation fault\n\nCurrent thread:\n  File \"t.py\", line 8 in <module>\npipeline: note: the command was ended by signal 11 (SIGSEGV)\n"
	if got := ExplainBuild("", said); !strings.HasPrefix(got, "the command crashed (SIGSEGV): ") {
		t.Error(got)
	}
}

// A link to files that the tests do not have explains more than the missing module.
func TestExplainBrokenLinks(t *testing.T) {
	const said = "pipeline: running pytest\npipeline: note: common is a link to ../common, which the tests do not have\n"
	got := ExplainTests("1 of 1 test failed: t.a", "E   ModuleNotFoundError: No module named 'common'\n", said)
	want := `"common" is a link to "../common", which the tests do not have`
	if last := tell.LastLine(got); !strings.HasPrefix(got, want+": name that path in [tool.pipeline.test]") || !strings.HasPrefix(last, "1 of 1 test failed: t.a: "+want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What a path of the project leads to is no cause where nothing in the output is about it.
func TestExplainNotThere(t *testing.T) {
	const note = "pipeline: note: tests/toml-test is a git submodule that was not fetched\n"
	if got := ExplainTests("1 of 1 test failed: t.a", "E   FileNotFoundError: [Errno 2] No such file or directory: '/app/tests/toml-test/tests'\n", note); !strings.Contains(got, `"tests/toml-test" is a git submodule, and it was not fetched`) {
		t.Error(got)
	}
	if got := ExplainBuild("", "make: uv: No such file or directory\nmake: *** [Makefile:23: test] Error 127\n"+note+"pipeline: note: docs/common is a link to ../common, which the tests do not have\n"); !strings.HasPrefix(got, `the command "uv" is not there: `) {
		t.Error(got)
	}
}

// A build does not get the tests' variables. That it called git is reported even if it succeeds.
func TestWhatABuildMisses(t *testing.T) {
	const stderr = "  File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'DATABASE_URL'\n"
	if got := ExplainBuild("", stderr); !strings.Contains(got, inTests) {
		t.Errorf("tests are told %q", got)
	}
	if got := explainPackage("", stderr); strings.Contains(got, inTests) || !strings.Contains(got, "DATABASE_URL") {
		t.Errorf("a build is told of the tests' settings: %q", got)
	}
	for said, missed := range map[string]bool{
		"make: git: No such file or directory\n": true, "/bin/sh: 1: git: not found\n": true, "sh: git: command not found": true,
		"fatal: not a git repository (or any of the parent directories): .git\n": true, "cloning git: done\n": false, "digit: not found\n": false, "": false,
	} {
		if gitIsMissed.MatchString(said) != missed {
			t.Errorf("%q: %v", said, !missed)
		}
	}
}
