package environments

import "testing"

// counted has one resource in each environment.
const counted = `
resource "terraform_data" "it" { input = var.environment }
output "environment" { value = terraform_data.it.output }
output "url" { value = "https://${var.environment}.example.com" }
output "hidden" {
  value     = "not to be shown"
  sensitive = true
}
`

func TestLife(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	if got, want := result(t, call(p, "plan", env)), "plan: 1 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("plan says %q, want %q", got, want)
	}
	if got, want := result(t, call(p, "deploy", env)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	if got := outputs(t, p, env); got["environment"] != env {
		t.Errorf("outputs %v, want those of %s", got, env)
	}
	if got, want := result(t, call(p, "destroy", env)), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}
