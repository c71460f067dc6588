package steps

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// stageName is what projects call the variable that names the environment, where it is
// not "environment", which the pipeline gives. stage_name is API Gateway's word for
// something else.
var stageName = regexp.MustCompile(`(?i)^((app|target|deploy|deployment)_?)?((env|environment)(_?(name|type))?|stage)$`)

// stages are what environments are called by custom, with the one that each is.
var stages = map[string]string{
	"prod": "prod", "production": "prod", "prd": "prod", "live": "prod", "staging": "staging", "stg": "staging", "stage": "staging", "preprod": "preprod", "pre-prod": "preprod",
	"dev": "dev", "develop": "dev", "development": "dev", "test": "test", "testing": "test", "qa": "qa", "uat": "uat", "sandbox": "sandbox", "sbx": "sandbox", "local": "local",
}

// givenSecretly are the variables that the call gives by its secrets.
func (w Workspace) givenSecretly(ctx context.Context) map[string]bool {
	given := map[string]bool{}
	for name := range w.Secrets {
		given[strings.TrimPrefix(name, "TF_VAR_")] = true
	}
	if w.Variables != nil {
		text, err := w.Variables.Plaintext(ctx)
		for name := range rootmodule.TextsBy(text) {
			given[name] = err == nil
		}
	}
	return given
}

// checkStage refuses to deploy an environment under the name of another one, which
// stands in the root module and nobody has given for this environment: a default
// "dev" in production. To a merge request's, one for development is told.
func (w Workspace) checkStage(given map[string]bool) error {
	if w.Ends {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.Module.Variables)) {
		if name == "environment" || !stageName.MatchString(name) || given[name] {
			continue
		}
		value, from := w.Module.Variables[name].Default, "by its default"
		if v, ok := w.Module.Values[name]; ok {
			value, from = v.Text, "in "+v.File
		}
		is := stages[strings.ToLower(value)]
		if is == "" || strings.EqualFold(value, w.Environment) || is == stages[w.Environment] {
			continue
		}
		what := fmt.Sprintf("giving the variables of %q: the variable %q is %q %s, and this is the environment %q", w.Infra, name, value, from, w.Environment)
		if w.lasts() || is == environments.Production || is == environments.Staging || w.namesBy(name) {
			return fmt.Errorf("%s: give it the environment's name in %s (variables = { %s = %q }), or %q where that is meant, or a value for each environment (variable-files)", what, settingsTable, name, environmentMark, value)
		}
		tell.Once(what)
	}
	return nil
}

// namesBy tells whether a variable names what is made, and the environment's own does not.
func (w Workspace) namesBy(variable string) bool {
	return w.takes("environment") && w.Module.NamedBy[variable] && !w.Module.NamedBy["environment"]
}

// checkPath refuses a root module whose directory is another environment's, which lasts:
// what it declares is that one's, whatever the run is called.
func (w Workspace) checkPath() error {
	for _, part := range strings.Split(w.Infra, "/") {
		is := stages[part]
		lasting := is == environments.Production || is == environments.Staging || is == "preprod"
		if lasting && part != "live" && part != "stage" && is != stages[w.Environment] && !slices.Contains(strings.FieldsFunc(w.Environment, func(r rune) bool { return r == '-' }), part) {
			return fmt.Errorf("keeping the state of %q: the directory is of the environment %q by its name, and this is %q, which would have the same resources: name that environment with --environment, or the root module of this one with --infra", w.Infra, part, w.Environment)
		}
	}
	return nil
}
