package steps

import (
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// Production is not made of defaults where a file has its values.
func TestValuesOfAnEnvironment(t *testing.T) {
	none := func(*Workspace) {}
	for name, tt := range map[string]struct {
		file, text string
		change     func(*Workspace)
		want       string // the file as the table would name it
	}{
		"beside the root module's files": {"infra/prod.tfvars", "memory = 512", none, "prod.tfvars"},
		"in JSON":                        {"infra/prod.tfvars.json", `{"memory": 512}`, none, "prod.tfvars.json"},
		"by another name":                {"infra/production.tfvars", "memory = 512", none, "production.tfvars"},
		"with a first word":              {"infra/terraform.prod.tfvars", "memory = 512", none, "terraform.prod.tfvars"},
		"in a directory":                 {"infra/tfvars/prod.tfvars", "memory = 512", none, "tfvars/prod.tfvars"},
		"in a directory for each":        {"infra/environments/prod/terraform.tfvars", "memory = 512", none, "environments/prod/terraform.tfvars"},
		"in a directory of its own":      {"infra/prod/terraform.tfvars", "memory = 512", none, "prod/terraform.tfvars"},
		"in one that says its kind":      {"infra/env-prod/main.tfvars", "memory = 512", none, "env-prod/main.tfvars"},
		"in an inventory":                {"infra/inventories/prod/terraform.tfvars", "memory = 512", none, "inventories/prod/terraform.tfvars"},
		"in a directory of another one":  {"infra/env-staging/main.tfvars", "memory = 512", none, ""},
		"for all in another directory":   {"infra/old/vars.tfvars", "memory = 512", none, ""},
		"an example":                     {"infra/example.tfvars", "memory = 512", none, ""},
		"beside the root module":         {"config/prod.tfvars", "memory = 512", none, "../config/prod.tfvars"},
		"of another environment":         {"infra/staging.tfvars", "memory = 512", none, ""},
		"of another one alike":           {"infra/prod-eu.tfvars", "memory = 512", none, ""},
		"which is always read":           {"infra/prod.auto.tfvars", "memory = 512", none, ""},
		"of something else":              {"infra/prod.tfvars", "colour = 1", none, ""},
		"with the name alone":            {"infra/prod.tfvars", `environment = "prod"`, none, ""},
		"that the table gives":           {"infra/prod.tfvars", "memory = 512", func(w *Workspace) { w.Settings.Variables = map[string]string{"memory": "512"} }, ""},
		"where files are named":          {"infra/prod.tfvars", "memory = 512", func(w *Workspace) { w.Settings.VariableFiles = project.Rules{{Environments: "*"}} }, ""},
		"of a merge request":             {"infra/mr-7.tfvars", "memory = 512", func(w *Workspace) { w.Environment = "mr-7" }, ""},
		"while it ends":                  {"infra/prod.tfvars", "memory = 512", func(w *Workspace) { w.Ends = true }, ""},
	} {
		source := fstest.MapFS{"infra/main.tf": &fstest.MapFile{}, tt.file: &fstest.MapFile{Data: []byte(tt.text)}}
		w := Workspace{Infra: "infra", Environment: "prod", Module: rootmodule.Module{Variables: map[string]rootmodule.Variable{"memory": {Optional: true}, "environment": {}}}}
		tt.change(&w)
		given := map[string]bool{}
		for name := range w.Settings.Variables {
			given[name] = true
		}
		err := w.checkValues(source, given)
		want := tt.file + ` is called after the environment "prod", and nothing gives it: name it in [tool.pipeline.terraform] of pyproject.toml (variable-files = { prod = ["` + tt.want + `"] })`
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all := fstest.MapFS{"infra/main.tf": &fstest.MapFile{}, "infra/input.tfvars": &fstest.MapFile{Data: []byte("memory = 1")}}
	w := Workspace{Infra: "infra", Environment: "prod", Module: rootmodule.Module{Variables: map[string]rootmodule.Variable{"memory": {Optional: true}}}}
	if err := w.checkValues(all, nil); err == nil || !strings.Contains(err.Error(), `infra/input.tfvars has values that by hand are passed with -var-file, and nothing gives it: name it in [tool.pipeline.terraform] of pyproject.toml (variable-files = ["input.tfvars"])`) {
		t.Errorf("a file for all: %v", err)
	}
	own := fstest.MapFS{"infra/main.tf": &fstest.MapFile{}, "infra/envs/prod/main.tf": &fstest.MapFile{}, "infra/envs/prod/terraform.tfvars": &fstest.MapFile{Data: []byte("memory = 1")}}
	w.Module.Variables["memory"] = rootmodule.Variable{}
	if err := w.checkValues(own, nil); err != nil {
		t.Errorf("a root module of its own: %v", err)
	}
}

// What a CI system's file gives and this run does not is told.
func TestValuesOfAnotherWay(t *testing.T) {
	source := fstest.MapFS{"infra/main.tf": &fstest.MapFile{}, "Makefile": &fstest.MapFile{Data: []byte("\tterraform apply -var memory=512\n")}}
	const line = `the variable "memory" has its default, and Makefile line 1 gives it another value`
	for name, tt := range map[string]struct {
		change func(*Workspace)
		given  map[string]bool
		want   bool
	}{
		"production":            {func(*Workspace) {}, nil, true},
		"a merge request":       {func(w *Workspace) { w.Environment = "mr-7" }, nil, false},
		"while it ends":         {func(w *Workspace) { w.Ends = true }, nil, false},
		"given here":            {func(*Workspace) {}, map[string]bool{"memory": true}, false},
		"in a file":             {func(w *Workspace) { w.Module.Values = map[string]rootmodule.Value{"memory": {}} }, nil, false},
		"which has to be given": {func(w *Workspace) { w.Module.Variables = map[string]rootmodule.Variable{"memory": {}} }, nil, false},
	} {
		w := Workspace{Infra: "infra", Environment: "prod", Module: rootmodule.Module{Variables: map[string]rootmodule.Variable{"memory": {Optional: true}}}}
		tt.change(&w)
		said := strings.Join(w.passedElsewhere(source, tt.given), "\n")
		if strings.Contains(said, line) != tt.want {
			t.Errorf("%s: %q, want %v", name, said, tt.want)
		}
	}
}

// The table cannot give what the call says.
func TestVariablesOfTheCall(t *testing.T) {
	for name, tt := range map[string]struct {
		variable, value, kind, want string
		ends                        bool
	}{
		"the environment":             {"environment", "production", "", `sets environment = "production", and the call says which one it is, "mr-7"`, false},
		"the environment by its mark": {"environment", environmentMark, "", "", false},
		"something else of that name": {"environment", "{ A = 1 }", "map(string)", "", false},
		"while it ends":               {"environment", "production", "", "", true},
		"the image":                   {"image", "x", "", "sets image, which gets the image of the service", false},
		"another one":                 {"team", "x", "", "", false},
	} {
		w := Workspace{Source: dag.Directory(), Infra: "infra", Environment: "mr-7", Ends: tt.ends, Image: Handed{Variable: "image"}}
		w.Module.Variables = map[string]rootmodule.Variable{tt.variable: {Type: tt.kind}}
		w.Settings.Variables = map[string]string{tt.variable: tt.value}
		if _, err := w.variableArgs(t.Context()); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
