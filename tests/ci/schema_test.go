package ci

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/tools"
)

// The schemas that the systems publish (GitLab's is MIT, of its own repository; the others are collected by
// SchemaStore) are carried by check-jsonschema, a package of PyPI, and are read from there: none is kept here.
var schemas = map[string]string{
	"github.yml":              "vendor.github-workflows",
	"github-destroy.yml":      "vendor.github-workflows",
	"circleci.yml":            "vendor.circle-ci",
	"azure-pipelines.yml":     "vendor.azure-pipelines",
	"bitbucket-pipelines.yml": "vendor.bitbucket-pipelines",
	"buildkite.yml":           "vendor.buildkite",
}

func TestExamplesFitTheirSchemas(t *testing.T) {
	checker := tools.CheckJSONSchema(t)
	for file, schema := range schemas {
		t.Run(file, func(t *testing.T) {
			text := example(t, system{file: file})
			var doc any
			if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
				t.Fatal(err)
			}
			args := []string{"--builtin-schema", schema}
			if file == "azure-pipelines.yml" {
				// Azure's schema has no scalars but strings, regular expressions of Python's kind, and does not know
				// version 2 of one task.
				doc = withoutTask(texts(doc), "PublishCodeCoverageResults@2")
				args = append(args, "--data-transform", "azure-pipelines", "--regex-variant", "python")
			}
			if out, err := validate(t, checker, doc, args...); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			doc.(map[string]any)[wrongKey(file)] = []any{map[string]any{"no-such-key": 1}}
			if _, err := validate(t, checker, doc, args...); err == nil {
				t.Error("a key that is wrong is taken: the schema checks nothing")
			}
		})
	}
}

// wrongKey is a key of each system that may not hold a list of mappings with unknown keys.
func wrongKey(file string) string {
	switch file {
	case "buildkite.yml", "azure-pipelines.yml":
		return "steps"
	case "bitbucket-pipelines.yml":
		return "pipelines"
	}
	return "jobs"
}

func TestGitLabFitsItsSchema(t *testing.T) {
	checker := tools.CheckJSONSchema(t)
	gitlab := []string{"--builtin-schema", "vendor.gitlab-ci"}
	data, err := os.ReadFile(filepath.Join(root, ".gitlab-ci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var own any
	if err := yaml.Unmarshal(data, &own); err != nil {
		t.Fatal(err)
	}
	docs := map[string]any{".gitlab-ci.yml": own}
	if data, err = os.ReadFile(filepath.Join(root, "examples/ci/gitlab.yml")); err != nil {
		t.Fatal(err)
	}
	var begun any
	if err := yaml.Unmarshal(data, &begun); err != nil {
		t.Fatal(err)
	}
	docs["examples/ci/gitlab.yml"] = begun
	for name, inputs := range projects(t) {
		docs["template with the inputs of "+name] = map[string]any(config(t, inputs))
	}
	for _, engine := range []string{"dind", "shared", "kubernetes", "embedded", "embedded-image"} {
		for _, shape := range []string{"jobs", "chain"} {
			docs[engine+" "+shape] = map[string]any(config(t, map[string]any{"state_bucket": "s", "engine": engine, "shape": shape, "engine_host": "tcp://engine:1234",
				"aws": "keys", "saved_plan": true, "manual_production": true, "retry_when": []any{"always"}}))
		}
	}
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			if out, err := validate(t, checker, doc, gitlab...); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	for i, breaks := range []func(c map[string]any){
		func(c map[string]any) { c["plan"].(map[string]any)["artifacts"].(map[string]any)["access"] = "friends" },
		func(c map[string]any) { c["plan"].(map[string]any)["interruptible"] = "sometimes" },
	} {
		c := map[string]any(config(t, required))
		breaks(c)
		if _, err := validate(t, checker, c, gitlab...); err == nil {
			t.Errorf("broken configuration %d is taken", i)
		}
	}
}

// The header of the template, which GitLab's schema leaves to a document of its own.
func TestGitHubPassesActionlint(t *testing.T) {
	lint := tools.Go(t, "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12")
	if out, err := exec.Command(lint, "-shellcheck=", filepath.Join(root, "examples/ci/github.yml"), filepath.Join(root, "examples/ci/github-destroy.yml")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func validate(t *testing.T, checker string, doc any, args ...string) (string, error) {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "doc.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(checker, append(args, file)...).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "Schema validation errors") {
		t.Fatalf("check-jsonschema: %v\n%s", err, out)
	}
	return string(out), err
}

// texts turns every scalar into a string.
func texts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = texts(item)
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = texts(item)
		}
		return v
	}
	return fmt.Sprint(v)
}

// withoutTask drops the steps of a task.
func withoutTask(v any, task string) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = withoutTask(item, task)
		}
	case []any:
		kept := []any{}
		for _, item := range v {
			if m, ok := item.(map[string]any); ok && m["task"] == task {
				continue
			}
			kept = append(kept, withoutTask(item, task))
		}
		return kept
	}
	return v
}
