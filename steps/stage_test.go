package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// An environment is not deployed under the name of another one, unless somebody has given it that.
func TestStageOfAnotherEnvironment(t *testing.T) {
	variable := func(name, value string) map[string]rootmodule.Variable {
		return map[string]rootmodule.Variable{"environment": {}, name: {Default: value, Optional: true}}
	}
	for name, tt := range map[string]struct {
		environment string
		variables   map[string]rootmodule.Variable
		change      func(*Workspace)
		refused     string
	}{
		"development in production": {"prod", variable("stage", "dev"), nil, `the variable "stage" is "dev" by its default, and this is the environment "prod"`},
		"development in staging":    {"staging", variable("ENV_NAME", "Development"), nil, `"ENV_NAME" is "Development"`},
		"in a file that is always read": {"prod", variable("env", ""), func(w *Workspace) {
			w.Module.Values = map[string]rootmodule.Value{"env": {Text: "dev", File: "a.auto.tfvars"}}
		}, `"env" is "dev" in a.auto.tfvars`},
		"production in a merge request":     {"mr-7", variable("stage", "prod"), nil, `"stage" is "prod" by its default`},
		"names of a merge request":          {"mr-7", variable("env", "dev"), func(w *Workspace) { w.Module.NamedBy = map[string]bool{"env": true} }, `"env" is "dev"`},
		"settings of a merge request":       {"mr-7", variable("env", "dev"), func(w *Workspace) { w.Module.NamedBy = map[string]bool{"env": true, "environment": true} }, ""},
		"settings of a merge request alone": {"mr-7", variable("env", "dev"), nil, ""},
		"its own":                           {"prod", variable("stage", "prod"), nil, ""},
		"its own in full":                   {"prod", variable("stage", "production"), nil, ""},
		"no environment's name":             {"prod", variable("stage", "v1"), nil, ""},
		"of something else":                 {"prod", variable("log_stage_dir", "dev"), nil, ""},
		"of API Gateway":                    {"mr-7", variable("stage_name", "prod"), nil, ""},
		"without a default":                 {"prod", map[string]rootmodule.Variable{"stage": {}}, nil, ""},
		"given by the table":                {"prod", variable("stage", "dev"), func(w *Workspace) { w.Settings.Variables = map[string]string{"stage": "dev"} }, ""},
		"given by a secret":                 {"prod", variable("stage", "dev"), func(w *Workspace) { w.Secrets = images.Secrets{"TF_VAR_stage": dag.SetSecret("stage", "live")} }, ""},
		"ending":                            {"prod", variable("stage", "dev"), func(w *Workspace) { w.Ends = true }, ""},
	} {
		w := Workspace{Source: dag.Directory(), Dir: ".", Infra: "infra", Root: "infra", Environment: tt.environment, Module: rootmodule.Module{Variables: tt.variables}}
		if tt.change != nil {
			tt.change(&w)
		}
		_, err := w.variableArgs(t.Context())
		if tt.refused == "" && err != nil || tt.refused != "" && (err == nil || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("%s: %v, want %q", name, err, tt.refused)
		}
	}
}

// The directory of one environment is not used for another, and may have its own backend.
func TestDirectoryOfAnEnvironment(t *testing.T) {
	for _, tt := range []struct {
		infra, environment string
		refused, apart     bool
	}{
		{"environments/prod", "prod", false, true},
		{"environments/prod/network", "prod", false, true},
		{"environments/prod", "mr-7", true, false},
		{"environments/production", "prod", false, false},
		{"environments/production", "staging", true, false},
		{"environments/staging", "prod", true, false},
		{"environments/prod", "prod-eu", false, false},
		{"environments/dev", "mr-7", false, false},
		{"live/network", "mr-7", false, false},
		{"infra", "prod", false, false},
	} {
		w := Workspace{Infra: tt.infra, Environment: tt.environment}
		if err := w.checkPath(); (err != nil) != tt.refused {
			t.Errorf("%s in %s: %v", tt.infra, tt.environment, err)
		}
		m := rootmodule.Module{Path: tt.infra, Backend: &rootmodule.Backend{Type: "s3", Config: map[string]string{"bucket": "b", "key": "k"}}}
		if _, err := ChooseBackend(m, project.Terraform{Backend: "own"}, "", tt.environment); (err == nil) != tt.apart {
			t.Errorf("%s in %s, own: %v", tt.infra, tt.environment, err)
		}
	}
}
