package tests

import (
	"testing"

	"dagger/pipeline/tests/harness"
)

// The root module of a project that names none and has none in infra.
func TestFindRoot(t *testing.T) {
	runWrong(t, []wrong{
		{
			name: "two that may be the root module", change: func(p *harness.Project) {
				p.Remove("infra")
				p.Write("terraform/main.tf", "")
				p.Write("deploy/terraform/main.tf", "")
			}, call: []string{"plan", "--environment", "mr-1"},
			want: `looking for the root module: there is none in "infra", and Terraform files are in terraform, deploy/terraform: name one with --infra, or all that are deployed with roots in [tool.pipeline.terraform] of pyproject.toml`,
		},
		{
			name: "the one that may be the root module", change: func(p *harness.Project) {
				p.Remove("infra")
				p.Write("deploy/terraform/main.tf", "terraform {\n  required_version = \">= 99\"\n}\n")
			}, call: []string{"validate"},
			want: "running terraform init: Unsupported Terraform Core version: see main.tf line 2: give one that it allows with --terraform-version, version in [tool.pipeline.terraform] of pyproject.toml, or an image that has it",
		},
	})
}
