package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/component"
)

const root = "../.."

func job(c component.Config, name string) map[string]any {
	j, _ := c.Job(name)
	return j
}

func differ(got, want any) string {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		return fmt.Sprintf("got %s, want %s", g, w)
	}
	return ""
}

func first(problems ...string) string {
	for _, p := range problems {
		if p != "" {
			return p
		}
	}
	return ""
}

func each(names []string, check func(name string) string) string {
	for _, name := range names {
		if problem := check(name); problem != "" {
			return name + ": " + problem
		}
	}
	return ""
}

// The inputs that a project must give.
var required = map[string]any{"state_bucket": "states"}

// projects are the ways in which the component is used here: by its defaults, and by the repository's own pipeline.
func projects(t *testing.T) map[string]map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, ".gitlab-ci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var own struct {
		Include []struct {
			Local  string
			Inputs map[string]any
		}
	}
	if err := yaml.Unmarshal(data, &own); err != nil {
		t.Fatal(err)
	}
	if len(own.Include) != 1 || own.Include[0].Local != "templates/pipeline.yml" {
		t.Fatalf(".gitlab-ci.yml includes %+v, want templates/pipeline.yml alone", own.Include)
	}
	return map[string]map[string]any{"defaults": required, ".gitlab-ci.yml": own.Include[0].Inputs}
}

func config(t *testing.T, inputs map[string]any) component.Config {
	t.Helper()
	c, err := component.Load(filepath.Join(root, "templates/pipeline.yml"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.With(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestContract(t *testing.T) {
	for name, inputs := range projects(t) {
		for _, r := range rules {
			t.Run(name+"/"+r.name, func(t *testing.T) {
				if problem := r.check(config(t, inputs)); problem != "" {
					t.Error(problem)
				}
			})
		}
	}
}

func TestContractNoticesItsViolation(t *testing.T) {
	for _, r := range rules {
		c := config(t, required)
		r.breaks(c)
		if r.check(c) == "" {
			t.Errorf("%s: broken, and not noticed", r.name)
		}
	}
}
