package run

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dagger/pipeline/tests/ci/tools"
)

// uploadAction stands in for GitHub's own, which cannot be had off GitHub: it keeps the files.
const uploadAction = `name: upload-artifact
description: Copies the files of the path that exist.
inputs:
  name: {description: ignored}
  path: {description: one a line}
  retention-days: {description: ignored}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        PATHS: ${{ inputs.path }}
      run: mkdir -p "$TEST_UPLOADS" && for p in $PATHS; do [ ! -e "$p" ] || cp -r --parents "$p" "$TEST_UPLOADS"; done
`

// tokens is a stand-in for the service that gives a job ID tokens, one for each question.
func tokens(t *testing.T, token string) (url, bearer string) {
	t.Helper()
	bearer = rand.Text()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "bearer "+bearer || r.URL.Query().Get("audience") != "sts.amazonaws.com" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"value": token}) // who asked is gone
	}))
	t.Cleanup(server.Close)
	return server.URL + "/?api-version=2.0", bearer
}

// act runs the example's workflow for an event of a pull request to staging, and returns what it uploaded.
func act(t *testing.T, r repository, action, environment string, code int) (uploads string) {
	t.Helper()
	// act takes the repository's name from its remote.
	r.git(t, "remote", "set-url", "origin", "https://github.com/group/project.git")
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	number, err := strconv.Atoi(strings.TrimPrefix(environment, "mr-"))
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{"action": action, "number": number, "repository": map[string]any{"full_name": "group/project"},
		"pull_request": map[string]any{"number": number, "base": map[string]any{"ref": "staging"},
			"head": map[string]any{"ref": "feature", "repo": map[string]any{"full_name": "group/project"}}}})
	if err != nil {
		t.Fatal(err)
	}
	file := "github.yml"
	if action == "closed" {
		file = "github-destroy.yml"
	}
	args := []string{"pull_request", "-e", write("event.json", string(event)), "-P", "ubuntu-latest=-self-hosted", "--no-cache-server",
		"-W", filepath.Join(world.Root, "examples/ci", file),
		"--local-repository", "actions/upload-artifact@v4=" + filepath.Dir(write("upload/action.yml", uploadAction)),
		"--var", "PIPELINE_SOURCE=" + project}
	set := variables()
	for name, value := range set {
		if name != "AWS_ID_TOKEN" {
			args = append(args, "--var", name+"="+value)
		}
	}
	uploads = filepath.Join(dir, "uploads")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tools.Go(t, "github.com/nektos/act@v0.2.89"), args...)
	cmd.Dir = r.dir
	url, bearer := tokens(t, set["AWS_ID_TOKEN"])
	cmd.Env = append(runner(t), "ACTIONS_ID_TOKEN_REQUEST_URL="+url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN="+bearer, "TEST_UPLOADS="+uploads)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("the workflow ended with %d, want %d\n%s", got, code, &out)
	}
	if strings.Contains(out.String(), world.Lab.Password) {
		t.Error("a secret is in the log")
	}
	return uploads
}

func TestGitHubWorkflow(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	r.commit(t)
	env := world.Environment()
	uploads := act(t, r, "opened", env, 0)
	for _, name := range []string{"pipeline-results/artifact.zip", "pipeline-results/reports/junit.xml", "pipeline-results/reports/coverage.xml", "pipeline-results/plan/plan.md", "pipeline-results/run/run.html"} {
		if info, err := os.Stat(filepath.Join(uploads, name)); err != nil || info.Size() == 0 {
			t.Errorf("not uploaded: %s: %v", name, err)
		}
	}
	if len(resources(t, env)) == 0 {
		t.Error("nothing was deployed")
	}
	act(t, r, "closed", env, 0)
	if left := resources(t, env); len(left) != 0 {
		t.Errorf("resources that are left: %v", left)
	}
}

func TestGitHubWorkflowFails(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	r.Append("tests/test_fixture.py", "\n\ndef test_that_fails():\n    assert False\n")
	r.commit(t)
	env := world.Environment()
	uploads := act(t, r, "synchronize", env, 1)
	var junit struct {
		Suites []struct {
			Failures int `xml:"failures,attr"`
		} `xml:"testsuite"`
	}
	data, err := os.ReadFile(filepath.Join(uploads, "pipeline-results/reports/junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(data, &junit); err != nil || len(junit.Suites) != 1 || junit.Suites[0].Failures != 1 {
		t.Errorf("JUnit counts %+v: %v", junit, err)
	}
	if world.Locks(t, env) != 0 {
		t.Error("it went on after the failing test")
	}
}
