package steps

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// A variable in the table goes to the root modules that declare it. If none does it is
// refused, unless one of them is not in the source.
func TestVariablesOfSeveralRoots(t *testing.T) {
	declares := func(path string, names ...string) rootmodule.Module {
		m := rootmodule.Module{Path: path, Variables: map[string]rootmodule.Variable{}}
		for _, name := range names {
			m.Variables[name] = rootmodule.Variable{}
		}
		return m
	}
	network, service := declares("net", "cidr"), declares("svc", "team")
	for name, test := range map[string]struct {
		own    rootmodule.Module
		others []rootmodule.Module
		value  string
		want   string
		err    string
	}{
		"its own":                 {service, []rootmodule.Module{network, service}, "team", "-var=team=x", ""},
		"another root module's":   {network, []rootmodule.Module{network, service}, "team", "", ""},
		"nobody's":                {network, []rootmodule.Module{network, service}, "colour", "", `it declares no variable "colour"`},
		"of one that is not here": {network, []rootmodule.Module{network}, "colour", "", ""},
	} {
		w := Workspace{Source: dag.Directory(), Dir: ".", Infra: test.own.Path, Root: test.own.Path, Environment: "mr-7", Module: test.own}
		w.Settings = project.Terraform{Roots: []string{"net", "svc"}, Variables: map[string]string{test.value: "x"}}
		w.Others = func(context.Context) ([]rootmodule.Module, error) { return test.others, nil }
		args, err := w.variableArgs(t.Context())
		if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) || test.err == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, test.err)
		}
		if given := slices.Contains(args, "-var="+test.value+"=x"); given != (test.want != "") {
			t.Errorf("%s: %q", name, args)
		}
	}
}
