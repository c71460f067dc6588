package run

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/tools"
)

// What each event does, and to which environment, as GitHub's expressions decide it: the workflow's own conditions and
// variables, with steps that say which verb they would call.
func TestGitHubEvents(t *testing.T) {
	t.Parallel()
	pull := func(action, from, to, repository string) map[string]any {
		return map[string]any{"action": action, "number": 7, "repository": map[string]any{"full_name": "group/project"},
			"pull_request": map[string]any{"number": 7, "base": map[string]any{"ref": to},
				"head": map[string]any{"ref": from, "repo": map[string]any{"full_name": repository}}}}
	}
	based := func(event map[string]any, before string) map[string]any {
		event["changes"] = map[string]any{"base": map[string]any{"ref": map[string]any{"from": before}}}
		return event
	}
	push := func(branch string) map[string]any {
		return map[string]any{"ref": "refs/heads/" + branch, "repository": map[string]any{"full_name": "group/project"}}
	}
	tested := []string{"build-package", "test", "test-reports"} // for no environment
	deployed := func(environment string) []string {
		var out []string
		for _, verb := range []string{"build-package", "test", "test-reports", "deploy", "note", "outputs", "page", "plan-report", "publish-images"} {
			out = append(out, verb+" "+environment)
		}
		slices.Sort(out)
		return out
	}
	for name, c := range map[string]struct {
		kind  string
		event map[string]any
		want  []string
	}{
		"push to main":                      {"push", push("main"), deployed("prod latest")},
		"push to staging":                   {"push", push("staging"), deployed("staging staging")},
		"pull request to staging":           {"pull_request", pull("opened", "feature", "staging", "group/project"), deployed("mr-7 mr-7")},
		"pull request to main":              {"pull_request", pull("synchronize", "feature", "main", "group/project"), tested},
		"pull request of staging to main":   {"pull_request", pull("opened", "staging", "main", "group/project"), tested},
		"pull request of a fork to staging": {"pull_request", pull("opened", "main", "staging", "other/project"), tested},
		"pull request of a fork to main":    {"pull_request", pull("opened", "main", "main", "other/project"), tested},
		"pull request to staging, closed":   {"pull_request", pull("closed", "feature", "staging", "group/project"), []string{"destroy mr-7"}},
		"pull request to main, closed":      {"pull_request", pull("closed", "feature", "main", "group/project"), nil},
		"pull request, its text changed":    {"pull_request", pull("edited", "feature", "staging", "group/project"), nil},
		"pull request, aimed at main now":   {"pull_request", based(pull("edited", "feature", "main", "group/project"), "staging"), []string{"destroy mr-7"}},
		"pull request of a fork, closed":    {"pull_request", pull("closed", "feature", "staging", "other/project"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := called(t, c.kind, c.event); !slices.Equal(got, c.want) {
				t.Errorf("called %q, want %q", got, c.want)
			}
		})
	}
}

var (
	verbOf   = regexp.MustCompile(`\$PIPELINE_AWS ([a-z-]+)( --environment| --tag)?`)
	wouldRun = regexp.MustCompile(`(?m)would call (.*?)\s*$`)
)

// called are the verbs that the workflows call for an event, with environment and tag where they have one.
func called(t *testing.T, kind string, event map[string]any) (out []string) {
	t.Helper()
	for _, file := range []string{"github.yml", "github-destroy.yml"} {
		text, err := os.ReadFile(filepath.Join(world.Root, "examples/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		var workflow map[string]any
		if err := yaml.Unmarshal(text, &workflow); err != nil {
			t.Fatal(err)
		}
		on := workflow["on"].(map[string]any)
		if on, has := on[kind].(map[string]any); has {
			types, _ := on["types"].([]any)
			if action, has := event["action"]; !has || slices.Contains(types, action) {
				out = append(out, calledBy(t, workflow, kind, event)...)
			}
		}
	}
	slices.Sort(out)
	return out
}

// calledBy are those of one workflow.
func calledBy(t *testing.T, workflow map[string]any, kind string, event map[string]any) (out []string) {
	t.Helper()
	for _, job := range workflow["jobs"].(map[string]any) {
		var steps []any
		for _, s := range job.(map[string]any)["steps"].([]any) {
			step := s.(map[string]any)
			script, _ := step["run"].(string)
			verb := verbOf.FindStringSubmatch(script)
			if verb == nil {
				continue // an action, or what installs the command
			}
			said := "would call " + verb[1]
			if verb[2] != "" {
				said += " ${ENVIRONMENT:+$ENVIRONMENT${IMAGE_TAG:+ $IMAGE_TAG}}"
			}
			step["run"] = "echo \"" + said + "\""
			delete(step, "env")
			steps = append(steps, step)
		}
		job.(map[string]any)["steps"] = steps
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	branch := "feature"
	if ref, ok := event["ref"].(string); ok {
		branch = strings.TrimPrefix(ref, "refs/heads/")
	}
	git("init", "-q", "-b", branch)
	git("remote", "add", "origin", "https://github.com/group/project.git")
	for name, content := range map[string]any{"workflow.yml": workflow, "event.json": event} {
		data, err := yaml.Marshal(content)
		if name == "event.json" {
			data, err = json.Marshal(content)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	git("add", "workflow.yml")
	git("commit", "-q", "-m", "x")
	cmd := exec.CommandContext(t.Context(), tools.Go(t, "github.com/nektos/act@v0.2.89"), kind, "-e", "event.json", "-W", "workflow.yml",
		"-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "--json")
	cmd.Dir = dir
	cmd.Env = runner(t)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for line := range strings.Lines(string(said)) {
		var entry struct {
			Msg string
			Raw bool `json:"raw_output"`
		}
		if json.Unmarshal([]byte(line), &entry) != nil || !entry.Raw {
			continue
		}
		if verb := wouldRun.FindStringSubmatch(entry.Msg); verb != nil {
			out = append(out, verb[1])
		}
	}
	return out
}
