package environments

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// OpenTofu is used where the base image brings it: its plan, lock and state are handled like terraform's. Building it takes
// minutes, so the test runs where PIPELINE_TEST_TOFU names the binary: see tests/tofu/go.mod.
func TestOpenTofu(t *testing.T) {
	tofu := os.Getenv("PIPELINE_TEST_TOFU")
	if tofu == "" {
		t.Skip("no OpenTofu: set PIPELINE_TEST_TOFU to its binary, see tests/tofu/go.mod")
	}
	p := project(t, counted)
	image := world.Lab.Registry + "/tofu:1.12"
	world.Succeed(t, p.Call("terraform-container",
		"without-file", "--path", "/usr/local/bin/terraform",
		"with-file", "--path", "/usr/local/bin/tofu", "--source", tofu, "--permissions", "0755",
		"publish", "--address", image))
	on := func(c harness.Call) harness.Call {
		return common(c.And("--terraform-image", image))
	}

	said := world.Succeed(t, on(p.Call("terraform-container", "with-exec", "--args", "terraform,version", "stdout"))).Stdout
	if !strings.HasPrefix(said, "OpenTofu v1.") {
		t.Fatalf("terraform is %q, not OpenTofu", said)
	}
	env := world.Environment()
	k := newKey(t)
	dir := filepath.Join(t.TempDir(), "plan")
	world.Succeed(t, on(call(p, "plan-report", env, "--plan-key", k.flag, "export", "--path", dir)))
	apply := on(call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag))
	if got, want := result(t, apply), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("applying says %q, want %q", got, want)
	}
	refused(t, apply, movedCode, "running terraform apply: plan changed: ", "make a new plan")
	if got, want := result(t, on(call(p, "plan", env))), "plan: 0 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("plan says %q, want %q", got, want)
	}
	if got, want := result(t, on(call(p, "outputs", env))), `{"environment":"`+env+`","url":"https://`+env+`.example.com"}`; got != want {
		t.Errorf("outputs %q, want %q", got, want)
	}
	holdLock(t, env, holder, "OperationTypeApply")
	refused(t, on(call(p, "deploy", env, "--lock-timeout", "0s")), 1, "the state of "+env+" is locked by "+holder, "unlock --environment "+env)
	world.Succeed(t, on(call(p, "unlock", env, "--owner", holder, "--force")))
	s3 := newFaulty(t)
	p.Replace("infra/main.tf", "not to be shown", "something else")
	s3.refuse.Store(true)
	refused(t, s3.on(on(call(p, "deploy", env, "--plan-key", k.flag))), 1, "state not written: nothing new is not in it: it is kept, encrypted")
	s3.refuse.Store(false)
	if got, want := result(t, s3.on(on(call(p, "destroy", env, "--plan-key", k.flag)))), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}

	// What is to stay is named, and ends the destruction with an error, once.
	p.Write("infra/kept.tf", "resource \"terraform_data\" \"kept\" {\n  input = 1\n  lifecycle {\n    destroy = false\n  }\n}\n")
	world.Succeed(t, on(call(p, "deploy", env)))
	refused(t, on(call(p, "destroy", env)), 1, "left in place: terraform_data.kept (id ", "then destroy again")
	if got, want := result(t, on(call(p, "destroy", env))), env+": 0 destroyed"; got != want {
		t.Errorf("the second destruction says %q, want %q", got, want)
	}
}
