package environments

import (
	"syscall"
	"testing"
)

// A shell script ends at once when it is asked to stop, terraform does not: it is waited for, so that its state is
// written and its lock released.
func TestInterruptedScript(t *testing.T) {
	world.Embedded(t, "a Dagger engine kills a command at once, whatever the signal")
	p := project(t, slow)
	p.Write("infra/backend.tf", "terraform {\n  backend \"s3\" {}\n}\n")
	p.Write("scripts/terraform_apply.sh", `#!/bin/sh
set -eu
cd infra
terraform init -no-color -backend-config=bucket="$TF_STATE_BUCKET" -backend-config=key="$TF_STATE_KEY" -backend-config=region="$AWS_REGION" -backend-config=use_lockfile=true \
  -backend-config=endpoints="{s3=\"$AWS_ENDPOINT_URL\"}" -backend-config=use_path_style=true -backend-config=skip_credentials_validation=true \
  -backend-config=skip_metadata_api_check=true -backend-config=skip_requesting_account_id=true
terraform apply -no-color -auto-approve
`)
	env := world.Environment()
	run := world.Start(t, call(p, "deploy", env))
	eventually(t, "the lock", func() bool { _, held := lock(t, env); return held })
	run.Signal(syscall.SIGTERM)
	if r := run.Wait(); r.Code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
	if _, held := lock(t, env); held {
		t.Error("the lock is held: terraform was killed")
	}
}

// The scripts that apply a saved plan, and that destroy, wait for terraform in the same way.
func TestInterruptedSavedPlanAndDestroy(t *testing.T) {
	world.Embedded(t, "a Dagger engine kills a command at once, whatever the signal")
	p := project(t, slow+`
resource "terraform_data" "slow_to_go" {
  provisioner "local-exec" {
    when    = destroy
    command = "sleep 2"
  }
}
`)
	env := world.Environment()
	k := newKey(t)
	plan := savedPlan(t, p, env, k) + "/plan.age"
	apply := call(p, "deploy", env, "--plan", plan, "--plan-key", k.flag)
	run := world.Start(t, apply)
	run.Prints("local-exec")
	run.Signal(syscall.SIGTERM)
	if r := run.Wait(); r.Code == 0 {
		t.Errorf("an interrupted deployment succeeded\n%s", r.Stderr)
	}
	if _, held := lock(t, env); held {
		t.Error("the lock is held: terraform was killed while it applied a saved plan")
	}
	world.Succeed(t, call(p, "deploy", env, "--lock-timeout", "0s"))

	run = world.Start(t, call(p, "destroy", env))
	run.Prints("local-exec")
	run.Signal(syscall.SIGTERM)
	if r := run.Wait(); r.Code == 0 {
		t.Errorf("an interrupted destruction succeeded\n%s", r.Stderr)
	}
	if _, held := lock(t, env); held {
		t.Error("the lock is held: terraform was killed while it destroyed")
	}
	world.Succeed(t, call(p, "destroy", env, "--lock-timeout", "0s"))
	if _, exists := readState(t, env); exists {
		t.Error("the state is still there")
	}
}
