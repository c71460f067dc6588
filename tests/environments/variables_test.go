package environments

import (
	"strings"
	"testing"
)

// Files with an environment's values are taken by a rule that the project states
// once; the environment's name is that of the call, whatever a file says.
func TestVariableFiles(t *testing.T) {
	p := project(t, "")
	p.Write("infra/main.tf", `
variable "environment" {}
variable "memory" { type = number }
variable "owner" {}
variable "token" {
  type      = string
  ephemeral = true
}
resource "terraform_data" "it" { input = "orders-${var.environment}" }
output "name" { value = terraform_data.it.output }
output "memory" { value = var.memory }
output "owner" { value = var.owner }
`)
	p.Write("infra/tfvars/dev.tfvars", "environment = \"dev\"\nmemory = 128\n")
	p.Write("infra/tfvars/prod.tfvars", "environment = \"prod\"\nmemory = 512\n")
	p.Write("infra/terraform.tfvars", "environment = \"nobody\"\n")
	p.Append("pyproject.toml", `
[tool.pipeline.terraform]
variables = { owner = "team of {environment}", token = "given to plan and apply" }
[tool.pipeline.terraform.variable-files]
"mr-*" = ["tfvars/dev.tfvars"]
"*" = ["tfvars/{environment}.tfvars"]
`)
	first, second := world.Environment(), world.Environment()
	for _, env := range []string{first, second} {
		r := world.Succeed(t, call(p, "deploy", env))
		for _, said := range []string{`infra/tfvars/dev.tfvars: environment = "dev" does not count: this is "` + env + `"`, `infra/terraform.tfvars: environment = "nobody" does not count`} {
			if !strings.Contains(r.Stderr, said) {
				t.Errorf("it does not say %q:\n%s", said, r.Stderr)
			}
		}
		if got := outputs(t, p, env); got["name"] != "orders-"+env || got["memory"] != 128.0 || got["owner"] != "team of "+env {
			t.Errorf("%s: outputs %v", env, got)
		}
	}
	refused(t, call(p, "plan", "staging"), 1, `giving the variables of "infra": no file "infra/tfvars/staging.tfvars" for the environment "staging"`)
	k := newKey(t)
	dir := savedPlan(t, p, first, k)
	if got, want := result(t, call(p, "deploy", first, "--plan", dir+"/plan.age", "--plan-key", k.flag)), first+": 0 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("the saved plan says %q, want %q", got, want)
	}
	if got, want := result(t, call(p, "destroy", second)), second+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}
