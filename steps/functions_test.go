package steps

import (
	"testing"

	"dagger/pipeline/project"
)

// A package that was made for other functions is not used: the handlers decide which files it
// has, the rest which wheels.
func TestPackageKeyHasFunctions(t *testing.T) {
	seen := map[string]string{}
	for name, made := range map[string]functions{
		"none":         {},
		"a handler":    {Handlers: []string{"app.main"}},
		"another":      {Handlers: []string{"src.app.main"}},
		"a runtime":    {Functions: project.Functions{Pythons: []int{12}}},
		"another one":  {Functions: project.Functions{Pythons: []int{13}}},
		"architecture": {Functions: project.Functions{Architectures: []string{"arm64"}}},
	} {
		key := packageInputs(project.Package{}, made).Key()
		if other := seen[key]; other != "" {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[key] = name
	}
	if packageInputs(project.Package{Command: "make x"}, functions{}).Key() == packageInputs(project.Package{}, functions{}).Key() {
		t.Error("the table is not in the key")
	}
}
