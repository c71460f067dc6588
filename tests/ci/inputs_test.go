package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/component"
)

func TestInputs(t *testing.T) {
	c, err := component.Load(filepath.Join(root, "templates/pipeline.yml"))
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for name, in := range c.Inputs {
		types[in.Type] = true
		if len(in.Description) < 10 || !strings.HasSuffix(in.Description, ".") {
			t.Errorf("input %q: description %q is no sentence", name, in.Description)
		}
		if !slices.Contains(c.Used(), name) {
			t.Errorf("input %q has no place in the configuration", name)
		}
		if _, given := required[name]; in.Required != given {
			t.Errorf("input %q: required is %v", name, in.Required)
		}
		if in.Required {
			continue
		}
		if _, err := c.With(map[string]any{"state_bucket": "states", name: in.Default}); err != nil {
			t.Errorf("input %q: its default is not valid: %v", name, err)
		}
	}
	for _, want := range []string{"string", "boolean", "number", "array"} {
		if !types[want] {
			t.Errorf("no input of type %s", want)
		}
	}
	for _, wrong := range []map[string]any{{"engine": "docker"}, {"timeout_minutes": "60"}, {"saved_plan": "yes"}, {"retry_when": "always"}, {"stage": "test"}} {
		if _, err := c.With(wrong); err == nil {
			t.Errorf("inputs %v are taken", wrong)
		}
	}
	if _, err := c.With(nil); err == nil {
		t.Error("the state bucket can be left out")
	}
}

// What a project begins with gives the component inputs that it has, and all that it needs.
func TestGitLabExampleFitsTheComponent(t *testing.T) {
	var example struct {
		Include []struct{ Inputs map[string]any }
	}
	data, err := os.ReadFile(filepath.Join(root, "examples/ci/gitlab.yml"))
	if err == nil {
		err = yaml.Unmarshal(data, &example)
	}
	if err != nil || len(example.Include) != 1 {
		t.Fatalf("%v, %+v", err, example)
	}
	inputs := example.Include[0].Inputs
	config(t, inputs)
	for name := range required {
		if inputs[name] == nil {
			t.Errorf("no input %q", name)
		}
	}
}

// Each value of an option must lead to hidden jobs that are there.
func TestEveryOptionResolves(t *testing.T) {
	c, err := component.Load(filepath.Join(root, "templates/pipeline.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range c.Inputs {
		options := in.Options
		if in.Type == "boolean" {
			options = []any{true, false}
		}
		for _, option := range options {
			if _, err := c.With(map[string]any{"state_bucket": "states", name: option}); err != nil {
				t.Errorf("%s=%v: %v", name, option, err)
			}
		}
	}
}

func TestEngines(t *testing.T) {
	for engine, want := range map[string]func(j map[string]any) string{
		"dind": func(j map[string]any) string {
			image := fmt.Sprint(component.At(j, "services", 0, "name"))
			return first(differ(regexp.MustCompile(`^docker:\d+\.\d+\.\d+-dind$`).MatchString(image), true),
				differ(component.At(j, "variables", "DOCKER_HOST"), "tcp://docker:2376"), differ(component.At(j, "variables", "DOCKER_TLS_VERIFY"), "1"))
		},
		"shared": func(j map[string]any) string {
			return first(differ(component.At(j, "variables", "_EXPERIMENTAL_DAGGER_RUNNER_HOST"), "tcp://engine:1234"), differ(j["services"], nil))
		},
		"kubernetes": func(j map[string]any) string {
			return first(differ(component.At(j, "variables", "_EXPERIMENTAL_DAGGER_RUNNER_HOST"), "unix:///run/dagger/engine.sock"), differ(j["services"], nil))
		},
		"embedded": func(j map[string]any) string {
			return first(differ(j["image"], nil), differ(j["services"], nil), differ(component.At(j, "variables", "DAGGER_MODULE"), ""))
		},
		"embedded-image": func(j map[string]any) string {
			return first(differ(j["image"], "example.com/pipeline-engine:1"), differ(j["services"], nil), differ(component.At(j, "variables", "DAGGER_MODULE"), ""))
		},
	} {
		inputs := map[string]any{"state_bucket": "states", "engine": engine, "engine_host": "tcp://engine:1234", "module": "example.com/pipeline@v1"}
		if engine == "embedded-image" {
			inputs["image"] = "example.com/pipeline-engine:1"
		}
		c := config(t, inputs)
		for _, name := range c.Jobs() {
			if problem := want(job(c, name)); problem != "" {
				t.Errorf("%s: %s: %s", engine, name, problem)
			}
			if !strings.Contains(fmt.Sprint(job(c, name)["before_script"]), `> "$CI_PROJECT_DIR.tmp/ci.env"`) {
				t.Errorf("%s: %s: nothing writes the file that the note takes", engine, name)
			}
			if !strings.HasPrefix(engine, "embedded") {
				if d := first(differ(component.At(job(c, name), "variables", "DAGGER_MODULE"), "example.com/pipeline@v1"),
					differ(component.At(job(c, name), "variables", "DAGGER_VERSION"), engineVersion(t))); d != "" {
					t.Errorf("%s: %s: %s", engine, name, d)
				}
			}
		}
	}
}

func TestEngineOfAnotherVersion(t *testing.T) {
	for _, engine := range []string{"dind", "shared", "kubernetes"} {
		c := config(t, map[string]any{"state_bucket": "states", "engine": engine, "engine_host": "tcp://engine:1234", "dagger_version": "0.21.11"})
		for _, name := range c.Jobs() {
			if d := differ(component.At(job(c, name), "variables", "DAGGER_VERSION"), "0.21.11"); d != "" {
				t.Errorf("%s: %s: %s", engine, name, d)
			}
		}
	}
}

// What build-package gives is what plan and deploy take.
func TestPackages(t *testing.T) {
	for kind, want := range map[string][2]string{
		"file": {"build-package -o pipeline-results/artifact.zip", "--artifact pipeline-results/artifact.zip"}, "files": {"build-artifacts -o pipeline-results/artifacts", "--artifacts pipeline-results/artifacts"}, "none": {"build-artifacts", ""},
	} {
		c := config(t, map[string]any{"state_bucket": "states", "package": kind})
		for _, name := range []string{"build-package", "plan", "deploy-production", "chain-staging"} {
			variables := component.At(job(c, name), "variables")
			if d := first(differ(component.At(variables, "PIPELINE_BUILD"), want[0]), differ(component.At(variables, "PIPELINE_PACKAGE"), want[1])); d != "" {
				t.Errorf("%s: %s: %s", kind, name, d)
			}
		}
	}
}

// engineVersion is the one that dagger.json names.
func engineVersion(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "dagger.json"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`"engineVersion": "v([0-9.]+)"`).FindSubmatch(data)
	if m == nil {
		t.Fatal("dagger.json names no engine version")
	}
	return string(m[1])
}

func TestFiveLinesAreEnough(t *testing.T) {
	// The example in the documentation, as a project would have it.
	data, err := os.ReadFile(filepath.Join(root, "docs/gitlab.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yaml\n(include:\n.+?)```").FindSubmatch(data)
	if m == nil {
		t.Fatal("docs/gitlab.md shows no include")
	}
	if n := strings.Count(string(m[1]), "\n"); n > 5 {
		t.Errorf("the include has %d lines, want 5 at most", n)
	}
	var doc struct {
		Include []struct {
			Component string
			Inputs    map[string]any
		}
	}
	if err := yaml.Unmarshal(m[1], &doc); err != nil {
		t.Fatal(err)
	}
	config(t, doc.Include[0].Inputs)
}
