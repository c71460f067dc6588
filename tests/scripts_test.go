package tests

import (
	"strings"
	"testing"
)

// A project's own scripts win, and get what terraform would get.
func TestOwnScripts(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	p.Write("scripts/terraform_apply.sh", `#!/bin/sh
set -eu
aws s3api put-object --bucket "$TF_STATE_BUCKET" --key "scripts/$ENVIRONMENT" --body "$TF_VAR_artifact" >/dev/null
echo "applied $ENVIRONMENT in $AWS_REGION from $PWD with $(terraform version | head -n 1 | cut -d' ' -f1)"
`)
	p.Write("scripts/terraform_destroy.sh", `#!/bin/sh
set -eu
aws s3api delete-object --bucket "$TF_STATE_BUCKET" --key "scripts/$ENVIRONMENT"
echo "destroyed $ENVIRONMENT"
`)
	env := world.Environment()
	r := world.Succeed(t, p.Call("deploy", "--environment", env))
	wantLine(t, r, env+": done")
	if want := "applied " + env + " in eu-west-1 from /app with Terraform"; !strings.Contains(r.Stdout+r.Stderr, want) {
		t.Errorf("the script did not print %q:\n%s", want, r.Stderr)
	}
	if body, ok := world.Object(t, "scripts/"+env); !ok || !strings.HasPrefix(body, "PK") {
		t.Errorf("the script did not put the artifact: %v %.20q", ok, body)
	}
	if n := world.Locks(t, env); n != 0 {
		t.Errorf("terraform was run beside the script: the state was locked %d times", n)
	}
	world.Succeed(t, p.Call("deploy", "--environment", env)) // each time it is called
	if n := len(world.Requests(t, putOf("scripts/"+env))); n != 2 {
		t.Errorf("the script put its object %d times in two deployments", n)
	}

	world.Succeed(t, p.Call("destroy", "--environment", env))
	if _, ok := world.Object(t, "scripts/"+env); ok {
		t.Error("the script for destroying did not run")
	}

	p.Write("scripts/terraform_apply.sh", "#!/bin/sh\necho cannot go on >&2\nexit 9\n")
	wantFailure(t, world.Run(t, p.Call("deploy", "--environment", env)), 9, "running scripts/terraform_apply.sh: cannot go on")
}
