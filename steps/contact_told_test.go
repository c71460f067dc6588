package steps

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/project"
)

// A line that runs Terraform shows that somebody has passed the backend's missing arguments,
// wherever it is. Lines that only check, describe or test are no such sign.
func TestBackendSigns(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"nothing":                {"src/app.py", "print('terraform')\n", ""},
		"a script far away":      {"ops/aws/tf.sh", "cd x\nterraform init -backend-config=key=p\n", "ops/aws/tf.sh line 2"},
		"init, settings outside": {"ops/Makefile", "up:\n\tterraform -chdir=infra init\n", "ops/Makefile line 2"},
		"a variable of make":     {"Makefile", "TF := terraform\nup:\n\t$(TF) -chdir=infra init\n", "Makefile line 3"},
		"a variable of a script": {"up.sh", "TF=tofu\n\"${TF_BIN}\" apply\n", "up.sh line 2"},
		"a container":            {"up.sh", "docker run --rm hashicorp/terraform:1.9 apply\n", "up.sh line 1"},
		"another variable":       {"Makefile", "up:\n\tcd $(TF_DIR) plan\n", ""},
		"Python":                 {"fabric/deploy.py", "run([\"terraform\", \"apply\", \"-auto-approve\"])\n", "fabric/deploy.py line 1"},
		"PowerShell":             {"build.ps1", "& tofu plan\n", "build.ps1 line 1"},
		"Groovy":                 {"ci/Deploy.groovy", "sh 'terraform init'\n", "ci/Deploy.groovy line 1"},
		"a task of poe":          {"pyproject.toml", "[tool.poe.tasks]\nup = \"terraform apply\"\n", "pyproject.toml line 2"},
		"a backend file in JSON": {"infra/b.json", "{\"backend_config\": {}}\n", "infra/b.json line 1"},
		"GitHub's action":        {".github/workflows/x.yml", "- uses: hashicorp/setup-terraform@v3\n", ".github/workflows/x.yml line 1"},
		"a reusable workflow":    {".github/workflows/x.yml", "uses: org/ci/.github/workflows/terraform.yml@v1\n", ".github/workflows/x.yml line 1"},
		"GitLab's include":       {".gitlab-ci.yml", "include:\n  - template: Terraform.gitlab-ci.yml\n  - project: infra/terraform-ci\n", ".gitlab-ci.yml line 3"},
		"terragrunt":             {"live/terragrunt.hcl", "remote_state {\n}\n", "live/terragrunt.hcl line 1"},
		"a check":                {"Makefile", "lint:\n\tterraform init -backend=false && terraform validate\n\tterraform fmt -check\n", ""},
		"a document":             {"README.md", "terraform init -backend-config=key=p\n", ""},
		"a test":                 {"tests/test_infra.py", "run(['terraform', 'init'])\n", ""},
		"the pipeline's table":   {"pyproject.toml", "[tool.pipeline.terraform]\nroots = [\"terraform/a\", \"terraform/plan\"]\n", ""},
		"another root's state":   {"infra/main.tf", "data \"terraform_remote_state\" \"n\" {}\n", ""},
		"GitHub's .gitignore":    {".gitignore", "# Include tfplan files to ignore the plan output of command: terraform plan -out=tfplan\nterraform plan\n", ""},
		"pre-commit":             {".pre-commit-config.yaml", "- id: x\n  entry: terraform plan\n  files: \\.(tf|tofu)$\n", ""},
		"comments":               {"deploy.sh", "# terraform apply was here\n  // terraform init\n", ""},
		"a command in a script":  {"deploy.sh", "# by hand:\nterraform apply # now\n", "deploy.sh line 2"},
		"a profile of AWS":       {"config.yml", "profile: terraform\nfiles: x.tofu\nprojects: terraform\n", ""},
		"JSON's keys":            {"ci.json", "{\"template\": \"terraform.yml\"}\n", "ci.json line 1"},
		"the pipeline's call":    {"Makefile", "plan:\n\tdagger call plan --environment prod\n", ""},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, test.file), test.text)
		out, err := exec.Command("sh", "scripts/backend-signs.sh", dir).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
}

// Where no backend is declared, what writes one shows that there is a state.
func TestWrittenBackend(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"a script":           {"ci/init.sh", "cat > backend.tf <<EOF\nterraform {\n  backend \"s3\" {\n", "ci/init.sh line 3"},
		"in quotes":          {".gitlab-ci.yml", "- echo \"terraform { backend \\\"http\\\" {} }\" > backend.tf\n", ".gitlab-ci.yml line 1"},
		"an example to copy": {"infra/backend.tf.example", "terraform {\n  backend \"gcs\" {}\n}\n", "infra/backend.tf.example line 2"},
		"Terraform is run":   {"Makefile", "up:\n\tterraform init\n", ""},
		"another backend":    {"Makefile", "backend server\nbackend \"x\"\n", ""},
		"a root module":      {"other/main.tf", "terraform {\n  backend \"s3\" {}\n}\n", ""},
		"a comment":          {"ci/init.sh", "# terraform { backend \"s3\" {} }\n", ""},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, test.file), test.text)
		out, err := exec.Command("sh", "scripts/backend-signs.sh", dir, "written").Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
	main := []string{"infra/main.tf", queue}
	for name, c := range map[string]contact{
		"production":       {files: main, writes: "ci/init.sh line 3", want: `"infra" declares no backend, and ci/init.sh line 3 is of another way to deploy: move it`},
		"a merge request":  {files: main, writes: "ci/init.sh line 3", environment: "mr-7"},
		"Terraform's runs": {files: main, signs: "Makefile line 2"},
		"it is said":       {files: main, writes: "ci/init.sh line 3", set: project.Terraform{Backend: managed}},
	} {
		if err := c.meet(t); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
