package environments

import (
	"path/filepath"
	"strings"
	"testing"
)

// A root module without a lock file gets one with the terraform container: all runs have the same providers, and the file
// can be had.
func TestUnlockedProviders(t *testing.T) {
	world.NeedAWSProvider(t)
	p := project(t, "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\", version = \">= 5\" }\n  }\n}\nresource \"terraform_data\" \"it\" { input = 1 }\n")
	flags := []string{"--provider-mirror", world.Lab.Mirror}
	env := world.Environment()
	r := world.Succeed(t, call(p, "plan", env, flags...))
	if !strings.Contains(r.Stderr, "infra has no .terraform.lock.hcl: the terraform container keeps the one of its first run") {
		t.Errorf("it is not said: %s", r.Stderr)
	}
	if got, want := result(t, call(p, "deploy", env, flags...)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	lock := filepath.Join(t.TempDir(), ".terraform.lock.hcl")
	world.Succeed(t, common(p.Call(flags...).And("terraform-container", "file", "--path", "/opt/terraform/locks/infra/.terraform.lock.hcl", "export", "--path", lock)))
	if text := readFile(t, lock); !strings.Contains(text, "hashicorp/aws") || !strings.Contains(text, "h1:") {
		t.Errorf("the lock file has %q", text)
	}
}
