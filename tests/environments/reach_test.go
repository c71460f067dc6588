package environments

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// outside is a project whose root module uses a module and a file beside it.
func outside(t *testing.T) *harness.Project {
	t.Helper()
	p := project(t, `
module "thing" {
  source = "../modules/thing"
  name   = "orders-${var.environment}"
}
resource "terraform_data" "settings" { input = jsondecode(file("${path.module}/../config/app settings.json")).size }
`)
	p.Write("modules/thing/main.tf", `
variable "name" { type = string }
resource "terraform_data" "thing" { input = var.name }
`)
	p.Write("config/app settings.json", `{"size": 1}`)
	return p
}

// What the root module reaches beside itself is in the published image: an
// environment is destroyed from an empty directory.
func TestModuleOutside(t *testing.T) {
	p := outside(t)
	// The same through a link in the root module, with a file of variables beside it.
	if err := os.Symlink("../modules", p.Path("infra/linked")); err != nil {
		t.Fatal(err)
	}
	p.Append("infra/main.tf", "module \"linked\" {\n  source = \"./linked/thing\"\n  name   = var.size\n}\nvariable \"size\" {}\n")
	p.Write("vars/mr.tfvars", "size = \"small\"\n")
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform.variable-files]\n\"mr-*\" = [\"../vars/mr.tfvars\"]\n")
	env := world.Environment()
	// Without a path in it, the project's name would be the path: an empty directory has none.
	in := func(verb ...string) harness.Call {
		return common(p.Call()).Without("--registry").And("--registry", world.Lab.Registry+"/"+env).And(verb...)
	}
	world.Succeed(t, in("publish-images", "--tag", env))
	if got, want := result(t, in("deploy", "--environment", env)), env+": 3 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	p.Dir = t.TempDir()
	if got, want := result(t, in("destroy", "--environment", env)), env+": 3 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}

// A saved plan is of all files that the root module reaches, whatever their
// names, also where the plan's values are the same.
func TestSavedPlanOfAllFiles(t *testing.T) {
	for name, move := range map[string]func(p *harness.Project){
		"a file outside":   func(p *harness.Project) { p.Write("config/app settings.json", `{"size": 1, "note": 2}`) },
		"a module outside": func(p *harness.Project) { p.Append("modules/thing/main.tf", "# a word\n") },
		"a template":       func(p *harness.Project) { p.Write("infra/a template.tftpl", "b") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := outside(t)
			p.Write("infra/a template.tftpl", "a")
			env := world.Environment()
			k := newKey(t)
			dir := savedPlan(t, p, env, k)
			move(p)
			refused(t, call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag), movedCode, "plan changed: the configuration is another one")
		})
	}
}

// A plan tells of what it moves, imports and forgets, in all that it gives.
func TestPlanTellsMoves(t *testing.T) {
	p := project(t, `
resource "terraform_data" "old" { input = var.environment }
resource "terraform_data" "gone" { input = 1 }
`)
	env := world.Environment()
	world.Succeed(t, call(p, "deploy", env))
	p.Write("infra/main.tf", variables+`
resource "terraform_data" "new" { input = var.environment }
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
removed {
  from = terraform_data.gone
  lifecycle { destroy = false }
}
import {
  to = terraform_data.adopted
  id = "0b1c2d3e-0000-4000-8000-000000000001"
}
resource "terraform_data" "adopted" {}
`)
	dir := filepath.Join(t.TempDir(), "plan")
	world.Succeed(t, call(p, "plan-report", env, "export", "--path", dir))
	const counts = "0 to add, 0 to change, 0 to destroy, 1 to import, 1 to move, 1 to forget"
	if text := readFile(t, filepath.Join(dir, "plan.txt")); !strings.HasSuffix(strings.TrimSpace(text), "plan: "+counts) {
		t.Errorf("the text ends %q", text[max(0, len(text)-200):])
	}
	note := readFile(t, filepath.Join(dir, "plan.md"))
	for _, line := range []string{"**1** to import, **1** to move, **1** to forget", "- `terraform_data.adopted`", "- `terraform_data.old` is now `terraform_data.new`", "- `terraform_data.gone`"} {
		if !strings.Contains(note, line) {
			t.Errorf("the note has no %q:\n%s", line, note)
		}
	}
	if got, want := readFile(t, filepath.Join(dir, "plan.json")), `{"create":0,"update":0,"delete":0,"import":1,"move":1,"forget":1}`+"\n"; got != want {
		t.Errorf("GitLab's report is %q, want %q", got, want)
	}
	if said := result(t, call(p, "deploy", env)); !strings.Contains(said, ", 1 moved. Left in place, and no longer in the state: terraform_data.gone (id ") {
		t.Errorf("the deployment said %q", said)
	}
}

// A saved plan does not go past the project's own script without a word, and
// what that script destroyed leaves no empty state.
func TestOwnScriptsAndPlans(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	k := newKey(t)
	dir := savedPlan(t, p, env, k)
	world.Succeed(t, call(p, "deploy", env))
	p.Write("scripts/terraform_apply.sh", "#!/bin/sh\necho own apply\n")
	refused(t, call(p, "destroy", "mr-404404"), 1, "scripts/terraform_apply.sh, which deploys the project, may keep it elsewhere: add scripts/terraform_destroy.sh")
	p.Write("scripts/terraform_destroy.sh", `#!/bin/sh
set -eu
cd infra
cat > backend_override.tf <<'END'
terraform {
  backend "s3" {}
}
END
terraform init -no-color -backend-config="bucket=$TF_STATE_BUCKET" -backend-config="key=$TF_STATE_KEY" -backend-config="region=$AWS_REGION" \
  -backend-config="endpoints={s3=\"$AWS_ENDPOINT_URL\"}" -backend-config=use_path_style=true -backend-config=skip_credentials_validation=true \
  -backend-config=skip_requesting_account_id=true -backend-config=skip_metadata_api_check=true >/dev/null
terraform destroy -no-color -auto-approve
`)
	before := writes(t, env)
	refused(t, call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag), 1,
		"applying the saved plan: the project is deployed by its own scripts/terraform_apply.sh, which the plan would bypass: deploy without --plan to run the script, or remove the script")
	if after := writes(t, env); after != before {
		t.Error("the refused plan wrote the state")
	}
	world.Succeed(t, call(p, "destroy", env))
	if _, exists := readState(t, env); exists {
		t.Error("the empty state stays")
	}
}
