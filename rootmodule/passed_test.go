package rootmodule

import (
	"maps"
	"testing"
)

func TestPassed(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string
		want       map[string]string
	}{
		"in a workflow":              {".github/workflows/deploy.yml", "env:\n  TF_VAR_memory: 512\n", map[string]string{"memory": ".github/workflows/deploy.yml line 2"}},
		"in a Makefile":              {"Makefile", "apply:\n\tterraform apply -var memory=512 -var='size=2' -var \"tag=$(TAG)\"\n", map[string]string{"memory": "Makefile line 2", "size": "Makefile line 2", "tag": "Makefile line 2"}},
		"in a script":                {"scripts/deploy.sh", "export TF_VAR_memory=512\nexport TF_VAR_memory=1\n", map[string]string{"memory": "scripts/deploy.sh line 1"}},
		"by direnv":                  {"infra/.envrc", "export TF_VAR_memory=512\n", map[string]string{"memory": "infra/.envrc line 1"}},
		"in a comment":               {"scripts/deploy.sh", "# export TF_VAR_memory=512\n", nil},
		"in a document":              {"README.md", "export TF_VAR_memory=512\n", nil},
		"a file of values":           {"Makefile", "apply:\n\tterraform apply -var-file=a=b.tfvars\n", nil},
		"a script of something else": {"docs/x.sh", "export TF_VAR_memory=512\n", nil},
	} {
		got := Passed(source("infra/main.tf", "", test.file, test.text), "infra")
		if !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
