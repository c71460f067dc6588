package environments

import "testing"

// Programs that commands of the root module name, and those of the table, are in the terraform container.
func TestCommandsOfRootModule(t *testing.T) {
	p := project(t, `
resource "terraform_data" "it" {
  provisioner "local-exec" { command = "bash ${path.module}/pack.sh" }
  provisioner "local-exec" { command = "tree --version" }
}
`)
	p.Write("infra/pack.sh", "#!/usr/bin/env bash\nset -euo pipefail\npip --version\nzip -q /tmp/it.zip \"$0\"\n")
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform]\nsystem-packages = [\"tree\"]\n")
	env := world.Environment()
	if got, want := result(t, call(p, "deploy", env)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
}
