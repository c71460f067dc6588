package tests

import (
	"fmt"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// wrong is a mistake, the call that meets it, and the one line that must come.
type wrong struct {
	name string
	// change spoils the project.
	change func(*harness.Project)
	// flags go before the function, so that they win over those of the lab.
	flags []string
	call  []string
	env   []string
	code  int // default 1
	want  string
	// dagger is what must be in the line of a Dagger engine, where the line is its own.
	dagger string
}

func TestWrongProject(t *testing.T) {
	runWrong(t, []wrong{
		{
			name: "no pyproject.toml", change: func(p *harness.Project) { p.Remove("pyproject.toml") }, call: []string{"test"},
			want: "reading the source: no pyproject.toml: is this the root of a Python project? name it with --source, or its directory in the source with --project",
		},
		{
			name: "no pyproject.toml to deploy", change: func(p *harness.Project) { p.Remove("pyproject.toml") }, call: []string{"deploy", "--environment", "mr-1"},
			want: "reading the source: no pyproject.toml: is this the root of a Python project? name it with --source, or its directory in the source with --project",
		},
		{
			name: "invalid pyproject.toml", change: func(p *harness.Project) { p.Write("pyproject.toml", "[project]\nname = \n") }, call: []string{"test"},
			want: "reading pyproject.toml: line 2, column 8: toml: unexpected character U+000A at start of value",
		},
		{
			name: "no poetry.lock", change: func(p *harness.Project) { p.Remove("poetry.lock") }, call: []string{"test"},
			want: "reading the source: no poetry.lock: run `poetry lock` and commit the file",
		},
		{
			name: "lock file out of date", change: func(p *harness.Project) { p.Replace("pyproject.toml", "six>=1.16", "six>=1.15") }, call: []string{"test"},
			want: "building the app container: poetry.lock is out of date with pyproject.toml: run `poetry lock` and commit the file",
		},
		{
			name: "no such poetry", flags: []string{"--poetry-version", "0.0.0"}, call: []string{"test"},
			want: "building the app container: the package index has no such version of poetry: check --poetry-version",
		},
		{
			name: "a target without a command", call: []string{"test"},
			change: func(p *harness.Project) { p.Write("Makefile", ".PHONY: test\ntest:\n") },
			want:   `running make test: the Makefile has no command for the target "test": give it one, and declare it .PHONY`,
		},
		{
			name: "no artifact", change: func(p *harness.Project) { p.Write("Makefile", "build:\n\ttrue\n") }, call: []string{"build-package"},
			want: "running make build: it left no artifact.zip in the project's root, and no dist/*.zip: name what it leaves in [tool.pipeline.package] artifacts of pyproject.toml",
		},
		{
			// One that lies in the source must not pass for the result.
			name: "an old artifact", call: []string{"build-package"},
			change: func(p *harness.Project) { p.Write("Makefile", "build:\n\ttrue\n"); p.Write("artifact.zip", "old") },
			want:   "running make build: it left no artifact.zip in the project's root, and no dist/*.zip: name what it leaves in [tool.pipeline.package] artifacts of pyproject.toml",
		},
		{
			name: "failing build", change: func(p *harness.Project) { p.Write("Makefile", "build:\n\t@echo no compiler >&2; exit 7\n") }, call: []string{"build-package"}, code: makeFailure,
			want: "running make build: no compiler",
		},
		{
			name: "no infra", change: func(p *harness.Project) { p.Remove("infra") }, call: []string{"plan", "--environment", "mr-1"},
			want: `reading the source: no directory "infra": name the terraform root module with --infra`,
		},
		{
			name: "no such infra", flags: []string{"--infra", "deploy/nowhere"}, call: []string{"plan", "--environment", "mr-1"},
			want: `reading the source: no directory "deploy/nowhere": name the terraform root module with --infra`,
		},
	})
}

func TestWrongRegistry(t *testing.T) {
	l := world.Lab
	runWrong(t, []wrong{
		{
			name: "unreachable", flags: []string{"--python-image", "127.0.0.1:9/python:3"}, call: []string{"test"},
			want:   "pulling image 127.0.0.1:9/python:3: the registry cannot be reached: check its address and the network",
			dagger: "127.0.0.1:9",
		},
		{
			name: "no such host", flags: []string{"--python-image", "registry.invalid/python:3"}, call: []string{"test"},
			want:   `pulling image registry.invalid/python:3: the host "registry.invalid" is unknown: check the registry's address`,
			dagger: "registry.invalid",
		},
		{
			name: "wrong password", env: []string{"TEST_REGISTRY_PASSWORD=wrong-password"}, call: []string{"test"},
			want:   "pulling image " + l.PythonImage + ": the registry refused the login: check the registry's user name and password",
			dagger: l.PythonImage,
		},
		{
			name: "wrong user name", flags: []string{"--registry-username", "nobody"}, call: []string{"terraform-container"},
			want:   "pulling image " + l.TerraformImage + ": the registry refused the login: check the registry's user name and password",
			dagger: l.TerraformImage,
		},
		{
			name: "no such image", flags: []string{"--python-image", l.Registry + "/nothing:here"}, call: []string{"test"},
			want:   "pulling image " + l.Registry + "/nothing:here: no such image in the registry: check its name and tag",
			dagger: l.Registry + "/nothing:here",
		},
		{
			name: "invalid reference", flags: []string{"--python-image", "Python 3"}, call: []string{"test"},
			want:   `pulling image "Python 3": invalid reference format: repository name (library/Python 3) must be lowercase`,
			dagger: "Python 3",
		},
	})
}

func TestWrongCommandLine(t *testing.T) {
	runWrong(t, []wrong{
		{name: "verb", call: []string{"tset"}, want: `unknown command "tset" for "pipeline call": did you mean "test"?`, dagger: "tset"},
		{name: "flag", call: []string{"test", "--atempt", "1"}, want: "unknown flag: --atempt: did you mean --attempt?", dagger: "--atempt"},
		{name: "constructor's flag", flags: []string{"--regoin", "x"}, call: []string{"test"}, want: "unknown flag: --regoin: did you mean --region?", dagger: "--regoin"},
		{name: "no value", call: []string{"test", "--attempt"}, want: "flag needs an argument: --attempt", dagger: "--attempt"},
		{
			name: "number", call: []string{"app-container", "with-new-file", "--path", "a", "--contents", "b", "--permissions", "rw"},
			want:   `invalid argument "rw" for "--permissions" flag: "rw" is not a valid integer`,
			dagger: `invalid argument "rw" for "--permissions" flag`,
		},
		{
			name: "boolean", call: []string{"app-container", "with-exec", "--args", "true", "--expand=perhaps"},
			want:   `invalid argument "perhaps" for "--expand" flag: "perhaps" is not a valid boolean: want true or false`,
			dagger: `invalid argument "perhaps" for "--expand" flag`,
		},
		{name: "missing argument", call: []string{"deploy"}, want: `required flag(s) "environment" not set`, dagger: `required flag(s) "environment" not set`},
		{name: "no function", call: nil, want: "no function given", dagger: "help"},
		{name: "function of a result", call: []string{"app-container", "nothing"}, want: `unknown command "nothing" for "pipeline call app-container": the embedded engine has no such function of a Container: see --help, or use dagger`, dagger: "nothing"},
		{name: "no source", flags: []string{"--source", "/no/such/directory"}, call: []string{"test"}, want: `reading argument "source": no directory "/no/such/directory": no such file or directory`, dagger: "/no/such/directory"},
		{name: "a file as source", flags: []string{"--source", "/etc/hostname"}, call: []string{"test"}, want: `reading argument "source": "/etc/hostname" is a file: want a directory`, dagger: "/etc/hostname"},
		{name: "no artifact", call: []string{"deploy", "--environment", "mr-1", "--artifact", "/no/such.zip"}, want: `reading argument "artifact": no file "/no/such.zip": no such file or directory`, dagger: "/no/such.zip"},
		{name: "secret's variable", flags: []string{"--aws-session-token", "env://NOT_SET_ANYWHERE"}, call: []string{"deploy", "--environment", "mr-1"}, want: `reading argument "aws-session-token": secret env://NOT_SET_ANYWHERE: the variable is not set: export it first`, dagger: "NOT_SET_ANYWHERE"},
		{name: "secret's file", flags: []string{"--aws-session-token", "file:///no/such/token"}, call: []string{"deploy", "--environment", "mr-1"}, want: `reading argument "aws-session-token": secret file:///no/such/token: no such file or directory`, dagger: "/no/such/token"},
		{name: "secret's command", flags: []string{"--aws-session-token", "cmd://exit 3"}, call: []string{"deploy", "--environment", "mr-1"}, want: `reading argument "aws-session-token": secret cmd://exit 3: exit status 3`, dagger: "exit status 3"},
		{name: "secret's scheme", flags: []string{"--aws-session-token", "nothing://x"}, call: []string{"deploy", "--environment", "mr-1"}, want: `reading argument "aws-session-token": unsupported secret provider "nothing": want env://NAME, file://PATH or cmd://COMMAND`, dagger: "nothing"},
		// The text may be the secret itself.
		{name: "plain secret", flags: []string{"--aws-session-token", "not-an-address"}, call: []string{"deploy", "--environment", "mr-1"}, want: `reading argument "aws-session-token": want env://NAME, file://PATH or cmd://COMMAND`, dagger: "-"},
	})
}

func TestWrongEnvironment(t *testing.T) {
	long := strings.Repeat("a", 300)
	var cases []wrong
	for name, want := range map[string]string{
		"../x": `checking environment "../x": character 1 is '.': use lower-case letters, digits and hyphens, such as "x"`,
		"MR 1": `checking environment "MR 1": character 1 is 'M': use lower-case letters, digits and hyphens, such as "mr-1"`,
		"":     `checking environment "": the name is empty: give one, such as "mr-7"`,
		long:   `checking environment "` + long[:48] + `"...: 300 characters are over the limit of 24: shorten it, such as "aaaaaaaaaaaaa-ta27u27u4i"`,
		"mr-0": `checking environment "mr-0": "0" is not the number of a merge request: write "mr-" and a number from 1 without leading zeros, such as "mr-7"`,
	} {
		for _, verb := range []string{"plan", "deploy", "destroy", "outputs"} {
			cases = append(cases, wrong{name: fmt.Sprintf("%s %.10q", verb, name), call: []string{verb, "--environment", name}, want: want})
		}
	}
	for _, name := range []string{"staging", "prod"} {
		cases = append(cases, wrong{
			name: "destroy " + name, call: []string{"destroy", "--environment", name},
			want: `destroying "` + name + `": it is not the environment of a merge request (mr-<number>): name it a second time with --confirm to destroy it all the same`,
		})
	}
	runWrong(t, cases)
}

func TestWrongState(t *testing.T) {
	world.NeedTerraform(t)
	plan := []string{"plan", "--environment", "mr-1"}
	deploy := []string{"deploy", "--environment", "mr-1"}
	runWrong(t, []wrong{
		{
			name: "no such bucket", flags: []string{"--state-bucket", "no-such-bucket"}, call: deploy,
			want: `running terraform init: the state bucket "no-such-bucket" does not exist: create it (private, with versioning) or name another one with --state-bucket`,
		},
		{
			name: "no bucket given", flags: []string{"--state-bucket", ""}, call: deploy,
			want: "reading --state-bucket: it is given and empty: set the variable that it is taken from in this job too, or leave the flag out",
		},
		{
			name: "AWS out of reach", flags: []string{"--aws-endpoint", "http://127.0.0.1:9"}, call: plan,
			want: "running terraform init: AWS cannot be reached: 127.0.0.1:9: connection refused: check the network and --aws-endpoint",
		},
		{
			name: "syntax", change: func(p *harness.Project) { p.Write("infra/wrong.tf", "resource \"x\" {\n") }, call: deploy,
			want: "running terraform init: Unclosed configuration block: see wrong.tf line 1: There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file",
		},
		{
			name: "reference", change: func(p *harness.Project) { p.Write("infra/wrong.tf", "output \"x\" {\n  value = var.nothing\n}\n") }, call: plan,
			want: "running terraform plan: Reference to undeclared input variable: see wrong.tf line 2: An input variable with the name \"nothing\" has not been declared. This variable can be declared with a variable \"nothing\" {} block",
		},
	})
}

// runWrong runs the calls. Whatever is wrong, nothing may have been written to AWS.
func runWrong(t *testing.T, cases []wrong) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			p := world.Project(t)
			if test.change != nil {
				test.change(p)
			}
			before := written(t)
			r := world.Run(t, p.Call(test.flags...).And(test.call...).With(test.env...))
			if after := written(t); after != before {
				t.Errorf("a call that failed wrote to AWS %d times", after-before)
			}
			if world.Engine.Name() == "dagger" && test.dagger == "help" {
				t.Skip("Dagger shows its help and calls that a success")
			}
			if world.Engine.Name() == "dagger" && test.dagger != "" {
				wantOwnFailure(t, r, test.dagger)
				return
			}
			wantFailure(t, r, max(test.code, 1), test.want)
		})
	}
}

// written counts the requests to AWS that changed something, other than a lock.
func written(t *testing.T) int {
	t.Helper()
	if world.AWS == nil {
		return 0
	}
	return len(world.Requests(t, func(r harness.Request) bool {
		return (r.Method == "PUT" || r.Method == "DELETE") && !strings.HasSuffix(r.Path, ".tflock")
	}))
}

// wantOwnFailure checks a failure whose words are the Dagger engine's own; part "-" asks for none.
func wantOwnFailure(t *testing.T, r harness.Result, part string) {
	t.Helper()
	if r.Code == 0 {
		t.Error("exit code 0, want another")
	}
	if part != "-" && !strings.Contains(r.Stderr, part) {
		t.Errorf("the error does not name %q:\n%s", part, r.Stderr)
	}
}
