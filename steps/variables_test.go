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

// A variable of the pipeline's name that takes no text means something else.
func TestVariablesThatMeanSomethingElse(t *testing.T) {
	given := func(kind string) (args []string, made string, apart bool) {
		w := Workspace{Container: dag.Container(), Source: dag.Directory(), Infra: "infra", Environment: "mr-7", AWS: AWS{Region: "eu-west-1"}}
		w.Module = rootmodule.Module{NamedBy: map[string]bool{}, Variables: map[string]rootmodule.Variable{}}
		for _, name := range pipelines {
			w.Module.Variables[name] = rootmodule.Variable{Type: kind}
		}
		args, err := w.variableArgs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		id, err := w.prepared().ID(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		apart, err = w.namesApart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return args, string(id), apart
	}
	if args, made, apart := given("map(string)"); slices.Contains(args, "-var=environment=mr-7") || strings.Count(made, "/withoutEnvVariable") != len(pipelines) || apart {
		t.Errorf("given: %q, %s, %t", args, made, apart)
	}
	if args, made, apart := given(""); !slices.Contains(args, "-var=environment=mr-7") || strings.Contains(made, "/withoutEnvVariable") || !apart {
		t.Errorf("not given: %q, %s, %t", args, made, apart)
	}
	if takesArtifact(rootmodule.Module{Variables: map[string]rootmodule.Variable{"artifact": {Type: "object({})"}}}, nil) {
		t.Error("an object takes the artifact")
	}
}
