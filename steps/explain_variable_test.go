package steps

import (
	"strings"
	"testing"
	"testing/fstest"
)

// The files that set a variable without a value are named, and the rule of the table that
// names them.
func TestFilesThatSetAVariable(t *testing.T) {
	const said = "Error: No value for required variable\n\nThe root module input variable \"memory\" is not set, and has no default value."
	line := Explain(said, "b", "mr-7")
	for _, test := range []struct{ infra, files, want string }{
		{"infra", "", line},
		{"infra", "infra/tfvars/prod.tfvars infra/tfvars/dev.tfvars", `it is set in infra/tfvars/dev.tfvars, infra/tfvars/prod.tfvars: name them in [tool.pipeline.terraform] of pyproject.toml: variable-files = ["tfvars/{environment}.tfvars"]`},
		{"infra", "infra/prod.tfvars.json", `variable-files = ["{environment}.tfvars.json"]`},
		{"services/a/infra", "config/all.tfvars", `variable-files = ["../../../config/all.tfvars"]`},
		{".", "env/a.tfvars env/b.tfvars", `variable-files = ["env/{environment}.tfvars"]`},
		{"infra", "infra/examples/prod.tfvars infra/.terraform/x.tfvars infra/prod.txt", line},
	} {
		source := fstest.MapFS{"infra/main.tf": {}, "infra/other.tfvars": {Data: []byte("timeout = 3\n")}}
		for _, file := range strings.Fields(test.files) {
			text := "memory = 128\n"
			if strings.HasSuffix(file, ".json") {
				text = `{"memory": 128}`
			}
			source[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := whereSet(source, test.infra, line); !strings.HasPrefix(got, `the variable "memory" has no value: `) || !strings.HasSuffix(got, test.want) {
			t.Errorf("%s, %s:\n got %s\nwant %s", test.infra, test.files, got, test.want)
		}
	}
	if got := whereSet(fstest.MapFS{}, "infra", "anything else"); got != "anything else" {
		t.Errorf("got %s", got)
	}
}
