package environments

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// bucketed is a root module with a real resource.
const bucketed = `
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
provider "aws" {
  region                      = var.region
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  endpoints { s3 = var.aws_endpoint }
}
resource "aws_s3_bucket" "it" {
  bucket = "drift-${var.environment}"
  tags   = { owner = "team" }
}
resource "aws_s3_bucket" "other" { bucket = "other-${var.environment}" }
`

// driftCode is the exit code where there is drift.
const driftCode = 2

func TestDrift(t *testing.T) {
	world.NeedAWSProvider(t)
	p := project(t, bucketed)
	env := world.Environment()
	on := func(verb string, flags ...string) harness.Call {
		return common(call(p, verb, env, flags...).And("--provider-mirror", world.Lab.Mirror))
	}
	lockProviders(t, p)
	refused(t, on("drift"), 1, "comparing "+env+" with its state: the state has no resources, and 2 would be added: nothing was deployed from it: deploy first, or check --state-bucket and the backend")
	world.Succeed(t, on("deploy"))
	k := newKey(t)
	p.Replace("infra/main.tf", `owner = "team"`, `owner = "another-team"`)
	dir := filepath.Join(t.TempDir(), "plan")
	world.Succeed(t, on("plan-report", "--plan-key", k.flag, "export", "--path", dir))
	p.Replace("infra/main.tf", `owner = "another-team"`, `owner = "team"`)

	tag(t, "drift-"+env, "nobody")
	if status, answer := bucket(t, http.MethodDelete, "other-"+env, "", ""); status != http.StatusNoContent {
		t.Fatalf("deleting a bucket: status %d: %s", status, answer)
	}
	refused(t, on("drift"), driftCode, env+" has drifted: aws_s3_bucket.it, aws_s3_bucket.other: deploy again to repair it")
	before := writes(t, env)
	p.Replace("infra/main.tf", `owner = "team"`, `owner = "another-team"`)
	refused(t, on("deploy", "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag), movedCode, "plan changed: aws_s3_bucket.it has other values; aws_s3_bucket.other has something to create now: make a new plan")
	if after := writes(t, env); after != before {
		t.Errorf("the refused plan wrote the state %d times", after-before)
	}
	if got := tags(t, "drift-"+env); !strings.Contains(got, "nobody") {
		t.Errorf("the refused plan changed the bucket's tags: %s", got)
	}
	p.Replace("infra/main.tf", `owner = "another-team"`, `owner = "team"`)

	if got, want := result(t, on("deploy")), env+": 1 added, 1 changed, 0 destroyed"; got != want {
		t.Errorf("the repair says %q, want %q", got, want)
	}
	if got, want := result(t, on("drift")), env+": no drift"; got != want {
		t.Errorf("after the repair, drift says %q, want %q", got, want)
	}
}

// A change that was not deployed yet is no drift.
func TestChangeIsNoDrift(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	world.Succeed(t, call(p, "deploy", env))
	p.Replace("infra/main.tf", "input = var.environment", "input = \"${var.environment}-changed\"")
	if got, want := result(t, call(p, "drift", env)), env+": no drift"; got != want {
		t.Errorf("drift says %q, want %q", got, want)
	}
}

// lockProviders writes the lock file, as a team commits it.
func lockProviders(t *testing.T, p *harness.Project) {
	t.Helper()
	text := readFile(t, filepath.Join(world.Root, "examples/app/infra/.terraform.lock.hcl"))
	// The constraint is the example's; terraform writes none where there is none.
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "constraints") {
			kept = append(kept, line)
		}
	}
	p.Write("infra/.terraform.lock.hcl", strings.Join(kept, ""))
}

func tag(t *testing.T, name, owner string) {
	t.Helper()
	body := `<Tagging><TagSet><Tag><Key>owner</Key><Value>` + owner + `</Value></Tag></TagSet></Tagging>`
	if status, answer := bucket(t, http.MethodPut, name, "tagging", body); status >= 300 {
		t.Fatalf("tagging bucket %q: status %d: %s", name, status, answer)
	}
}

func tags(t *testing.T, name string) string {
	t.Helper()
	_, answer := bucket(t, http.MethodGet, name, "tagging", "")
	return answer
}
