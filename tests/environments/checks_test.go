package environments

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

func TestValidateFmtScan(t *testing.T) {
	p := project(t, counted)
	validate, format := p.Call("validate").Without("--state-bucket"), p.Call("fmt").Without("--state-bucket")
	if got, want := result(t, validate), "infra: the configuration is valid"; got != want {
		t.Errorf("validate says %q, want %q", got, want)
	}
	if got, want := result(t, format), "infra: formatted"; got != want {
		t.Errorf("fmt says %q, want %q", got, want)
	}
	scan := func(command string) harness.Call {
		return loggedIn(t, p.Call("scan", "--image", world.Lab.TerraformImage, "--command", command))
	}
	if got := result(t, scan("sh,-c,ls && pwd")); got != "/app/infra" {
		t.Errorf("the checker runs in %q, want the root module", got)
	}
	now := scan("sh,-c,cat /proc/sys/kernel/random/uuid")
	if first, second := result(t, now), result(t, now); first == second {
		t.Error("the checker did not run a second time: what it knows may have changed")
	}
	refused(t, scan("sh,-c,echo a finding; exit 5"), 5, "running sh -c echo a finding; exit 5: a finding")

	p.Write("infra/wide.tf", "locals {\n  a = 1\n  abc = 2\n}\n")
	r := world.Run(t, format)
	wantRefusal(t, r, 3, "running terraform fmt: the files above are not formatted: run `terraform fmt -recursive` and commit")
	if !strings.Contains(r.Stderr, "wide.tf") {
		t.Errorf("the output does not show which file:\n%s", r.Stderr)
	}
	p.Write("infra/wide.tf", "output \"x\" {\n  value = local.nothing\n}\n")
	refused(t, validate, 1, "running terraform validate: Reference to undeclared local value: see wide.tf line 2")
	p.Write("infra/wide.tf", "output \"x\" {\n")
	refused(t, format, 2, "running terraform fmt: ")
}

// Outputs become variables of the CI; what is sensitive does not.
func TestOutputsDotenv(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	world.Succeed(t, call(p, "deploy", env))
	r := world.Succeed(t, call(p, "outputs", env, "--format", "dotenv"))
	url := "https://" + env + ".example.com"
	if want := "ENVIRONMENT_URL=" + url + "\nOUTPUT_ENVIRONMENT=" + env + "\nOUTPUT_URL=" + url; strings.TrimSpace(r.Stdout) != want {
		t.Errorf("outputs\n%s\nwant\n%s", r.Stdout, want)
	}
	// None yet is no failure.
	if got, want := result(t, call(p, "outputs", world.Environment())), "{}"; got != want {
		t.Errorf("the outputs of an environment that is not there are %q, want %q", got, want)
	}
}

// The project's own scripts are run instead, in the project's root, with what they need.
func TestOwnScripts(t *testing.T) {
	p := project(t, counted)
	p.Write("scripts/terraform_apply.sh", "#!/bin/sh\nset -eu\ncd infra\nterraform version >/dev/null\naws --version >/dev/null\necho \"own apply of $ENVIRONMENT $TF_VAR_environment in $(cd .. && pwd) with $(cat \"$TF_VAR_artifact\") ${AWS_ACCESS_KEY_ID:+and keys} to $TF_STATE_KEY\"\n")
	p.Write("scripts/terraform_destroy.sh", "#!/bin/sh\necho \"own destroy of $ENVIRONMENT\"\nexit 4\n")
	env := world.Environment()
	r := world.Succeed(t, call(p, "deploy", env))
	if want := "own apply of " + env + " " + env + " in /app with the artifact"; !strings.Contains(r.Stderr, want) || !strings.Contains(r.Stderr, " to "+stateKey(env)) {
		t.Errorf("the output has no %q:\n%s", want, r.Stderr)
	}
	wantRefusal(t, world.Run(t, call(p, "destroy", env)), 4, "running scripts/terraform_destroy.sh: own destroy of "+env)
	refused(t, call(p, "destroy", "prod"), 1, `destroying "prod": it is not the environment of a merge request`)
}

// Only what is named twice is destroyed.
func TestDestroyRefuses(t *testing.T) {
	p, name := apart(t)
	for _, env := range []string{"prod", "staging", "demo"} {
		if env == "demo" { // else it may be prod under another name
			world.Succeed(t, call(p, "move-state", env, "--from", "none"))
		}
		world.Succeed(t, call(p, "deploy", env))
		for _, confirm := range []string{"", "mr-1", strings.ToUpper(env), env + " ", "yes"} {
			refused(t, call(p, "destroy", env, "--confirm", confirm), 1,
				`destroying "`+env+`": it is not the environment of a merge request (mr-<number>): name it a second time with --confirm to destroy it all the same`)
		}
		if !stateExists(t, name, env) {
			t.Errorf("%s is gone", env)
		}
	}
	if got, want := result(t, call(p, "destroy", "staging", "--confirm", "staging")), "staging: 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
	if stateExists(t, name, "staging") || !stateExists(t, name, "prod") {
		t.Error("want staging gone and prod there")
	}
	for range 2 { // one that is not there is no error
		if got := result(t, call(p, "destroy", "mr-1")); got != "mr-1: 0 destroyed" {
			t.Errorf("destroy says %q", got)
		}
	}
}
