package environments

import (
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// What is wrong with an environment's call or with its root module gives one line that names the input and what to try.
// The table of package tests has what is wrong with the rest.
func TestWrongInput(t *testing.T) {
	const backend = `running terraform init: `
	one := func(call ...string) []string { return call }
	deploy := one("deploy", "--environment", "mr-1")
	for _, test := range []struct {
		name   string
		change func(*harness.Project)
		call   []string
		code   int // default 1
		want   string
	}{
		// names
		{name: "environment with a capital", call: one("plan", "--environment", "Prod"), want: `checking environment "Prod": character 1 is 'P': use lower-case letters, digits and hyphens, such as "prod"`},
		{name: "environment of no number", call: one("plan-report", "--environment", "mr-seven"), want: `checking environment "mr-seven": "seven" is not the number of a merge request: write "mr-" and a number from 1 without leading zeros, such as "mr-7"`},
		{name: "environment with a path", call: one("outputs", "--environment", "../prod"), want: `checking environment "../prod": character 1 is '.': use lower-case letters, digits and hyphens, such as "prod"`},
		{name: "environment that is too long", call: one("drift", "--environment", strings.Repeat("a", 25)), want: `checking environment "aaaaaaaaaaaaaaaaaaaaaaaaa": 25 characters are over the limit of 24: shorten it, such as "`},
		{name: "empty environment", call: one("unlock", "--environment", "", "--owner", "x"), want: `checking environment "": the name is empty: give one, such as "mr-7"`},
		{name: "environment with a line break", call: one("errored-state", "--environment", "a\nb"), want: `checking environment "a\nb": character 2 is '\n': use lower-case letters, digits and hyphens, such as "a-b"`},
		{name: "environment to destroy", call: one("destroy", "--environment", "mr-0"), want: `checking environment "mr-0": "0" is not the number of a merge request`},
		// flags
		{name: "lock timeout", call: append(deploy, "--lock-timeout", "5"), want: `reading the lock timeout "5": it is not a duration: write one such as 5m, 30s or 0s`},
		{name: "negative lock timeout", call: append(deploy, "--lock-timeout", "-5m"), want: `reading the lock timeout "-5m": it is not a duration`},
		{name: "format", call: one("outputs", "--environment", "mr-1", "--format", "yaml"), want: `giving the outputs: no format "yaml": use json, dotenv or env`},
		{name: "no bucket to sweep", call: one("sweep", "--open", "1", "--state-bucket", ""), want: "reading --state-bucket: it is given and empty"},
		{name: "no bucket to unlock in", call: one("unlock", "--environment", "mr-1", "--owner", "x", "--state-bucket", ""), want: "reading --state-bucket: it is given and empty"},
		{name: "no bucket for the errored state", call: one("errored-state", "--environment", "mr-1", "--state-bucket", "", "export", "--path", "x"), want: "reading --state-bucket: it is given and empty"},
		{name: "open merge requests", call: one("sweep", "--open", "7,!0"), want: `reading the open merge requests: "!0" is not the number of a merge request`},
		{name: "plan that is not there", call: append(deploy, "--plan", "/no/such/plan.age"), want: `reading argument "plan": no file "/no/such/plan.age": no such file or directory`},
		{name: "key that is not there", call: append(deploy, "--plan-key", "env://NO_SUCH_KEY"), want: `reading argument "plan-key": secret env://NO_SUCH_KEY: the variable is not set: export it first`},
		{name: "GitLab's address", call: one("sweep", "--gitlab-url", "gitlab.com", "--gitlab-project", "a/b", "--gitlab-token", "env://TEST_REGISTRY_PASSWORD"), want: "asking GitLab at gitlab.com: it is not a URL: write --gitlab-url like https://gitlab.com"},
		{name: "GitLab out of reach", call: one("sweep", "--gitlab-url", "http://127.0.0.1:9", "--gitlab-project", "a/b", "--gitlab-token", "env://TEST_REGISTRY_PASSWORD"), want: "asking GitLab at http://127.0.0.1:9: it cannot be reached: check --gitlab-url and the network"},
		{name: "GitLab without a project", call: one("sweep", "--gitlab-token", "env://TEST_REGISTRY_PASSWORD"), want: "sweeping: nothing tells which merge requests are open: give --open, or --gitlab-token and --gitlab-project"},
		{name: "no such bucket", call: append(deploy, "--state-bucket", "no-such-bucket"), want: backend + `the state bucket "no-such-bucket" does not exist`},
		{name: "no such bucket to unlock in", call: one("unlock", "--environment", "mr-1", "--owner", "x", "--state-bucket", "no-such-bucket"), want: `no-such-bucket`},
		{name: "no such bucket to sweep", call: one("sweep", "--open", "1", "--state-bucket", "no-such-bucket"), want: `no-such-bucket`},
		{name: "invalid bucket", call: append(deploy, "--state-bucket", "No_Bucket"), want: backend},
		{name: "bucket with a path", call: append(deploy, "--state-bucket", "s3://states/prod"), want: `reading --state-bucket "s3://states/prod": it is not the name of a bucket: give that alone`},
		{name: "endpoint that is no URL", call: append(deploy, "--aws-endpoint", "nowhere"), want: `nowhere`},
		{name: "infra outside of the project", call: append(deploy, "--infra", "../elsewhere"), want: `"../elsewhere"`},
		{name: "infra that is a file", call: append(deploy, "--infra", "Makefile"), want: `reading the source: no directory "Makefile": name the terraform root module with --infra`},
		// root modules
		{name: "nothing in infra", change: func(p *harness.Project) { p.Remove("infra/main.tf"); p.Write("infra/README", "") }, call: one("validate"), want: `reading the root module: no *.tf file in "infra": name the directory that has them with --infra`},
		// terraform would destroy all that is there
		{name: "the wrong directory", call: append(deploy, "--infra", "src"), want: `reading the root module: no *.tf file in "src": name the directory that has them with --infra`},
		{name: "variable without a value", change: module(`variable "needed" {}`), call: deploy, want: `running terraform apply: the variable "needed" has no value: give it a default, a value in a file that ends with .auto.tfvars`},
		{name: "variable of another type", change: module("variable \"size\" { type = number }"), call: deploy, want: `running terraform apply: `},
		{name: "another terraform", change: module(`terraform { required_version = ">= 99" }`), call: deploy, want: backend + "Unsupported Terraform Core version: see more.tf line 1"},
		{name: "provider that is not there", change: module(`terraform { required_providers { x = { source = "example.invalid/x/x" } } }`), call: deploy, want: backend},
		{name: "cycle", change: module("locals {\n  a = local.b\n  b = local.a\n}"), call: one("validate"), want: "running terraform validate: Cycle: local."},
		{name: "resource twice", change: module(`resource "terraform_data" "it" {}`), call: one("plan", "--environment", "mr-1"), want: backend + `Duplicate resource "terraform_data" configuration: see more.tf line 1`},
		{name: "backend of another kind", change: module("terraform {\n  backend \"http\" {}\n}"), call: one("plan", "--environment", "mr-1"), want: `keeping the state of "infra": infra/more.tf line 2 declares the backend "http", which may hold a state: set backend = "own"`},
		{name: "provisioner that fails", change: module("resource \"terraform_data\" \"bad\" {\n  provisioner \"local-exec\" { command = \"exit 9\" }\n}"), call: deploy, want: "running terraform apply: local-exec provisioner error: see more.tf line 2"},
		{name: "own script that fails", change: func(p *harness.Project) {
			p.Write("scripts/terraform_apply.sh", "#!/bin/sh\necho cannot >&2\nexit 6\n")
		}, call: deploy, code: 6, want: "running scripts/terraform_apply.sh: cannot"},
		{name: "own script without an interpreter", change: func(p *harness.Project) { p.Write("scripts/terraform_apply.sh", "#!/no/such/shell\n") }, call: deploy, code: 127, want: "running scripts/terraform_apply.sh: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "negative lock timeout" && world.Engine.Name() == "dagger" {
				t.Skip("Dagger's command line takes -5m for its own flag -m")
			}
			p := project(t, counted)
			if test.change != nil {
				test.change(p)
			}
			c := p.Call(test.call...)
			switch test.call[0] {
			case "plan", "plan-report", "deploy", "drift":
				c = c.And("--artifact", p.Path("artifact.bin"))
			}
			if test.name == "variable of another type" {
				p.Write("infra/size.auto.tfvars", "size = \"small\"\n")
			}
			r := world.Run(t, common(c))
			if test.want == "" {
				if r.Code != 0 {
					t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
				}
				return
			}
			code := test.code
			if code == 0 {
				code = 1
			}
			if own := map[string]string{ // Dagger's own, for what it reads itself
				"plan that is not there": "no such file or directory", "key that is not there": "reading --plan-key: ",
			}[test.name]; own != "" && world.Engine.Name() == "dagger" {
				test.want = own
			}
			wantRefusal(t, r, code, test.want)
		})
	}
}

// module adds to the root module.
func module(text string) func(*harness.Project) {
	return func(p *harness.Project) { p.Write("infra/more.tf", text+"\n") }
}

// A state that is none is not taken for an empty one, which would make everything a second time.
func TestDamagedState(t *testing.T) {
	p := project(t, counted)
	for _, text := range []string{"garbage", "{}", `{"version":99,"serial":1,"lineage":"x","resources":[]}`} {
		env := world.Environment()
		putObject(t, stateKey(env), text)
		for _, verb := range []string{"plan", "deploy", "destroy", "outputs"} {
			refused(t, call(p, verb, env), 1, "running terraform init: ", "state")
		}
		if after, _ := world.Object(t, stateKey(env)); after != text {
			t.Errorf("the state %q was written over: %q", text, after)
		}
	}
}

// loggedIn is a call that has the registry's login where images are named directly.
func loggedIn(t *testing.T, c harness.Call) harness.Call {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "config.json"), `{"auths":{"`+world.Lab.Registry+`":{"username":"`+world.Lab.Username+`","password":"`+world.Lab.Password+`"}}}`)
	return c.With("DOCKER_CONFIG=" + dir)
}
