package run

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/component"
	"dagger/pipeline/tests/ci/tools"
)

// pipeline is a run of gitlab-ci-local.
type pipeline struct {
	cmd  *exec.Cmd
	out  *bytes.Buffer
	dir  string
	code int
}

// start begins a pipeline with what GitLab tells it; args are the names of jobs, or options.
func start(t *testing.T, r repository, facts map[string]string, args ...string) *pipeline {
	t.Helper()
	r.commit(t)
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	t.Cleanup(cancel)
	command := []string{"--force-shell-executor", "--shell-isolation", "--color=false"}
	for _, set := range []map[string]string{variables(), facts} {
		for name, value := range set {
			if value == "" {
				command = append(command, "--unset-variable", name)
			} else {
				command = append(command, "--variable", name+"="+value)
			}
		}
	}
	p := &pipeline{cmd: exec.CommandContext(ctx, tools.GitLabCILocal(t), append(command, args...)...), out: &bytes.Buffer{}, dir: r.dir}
	p.cmd.Dir, p.cmd.Env = r.dir, runner(t)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	// A runner ends a job by its process group.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = func() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM) }
	p.cmd.WaitDelay = 30 * time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			cancel()
			_ = p.cmd.Wait()
		}
	})
	return p
}

func (p *pipeline) wait(t *testing.T) *pipeline {
	t.Helper()
	_ = p.cmd.Wait()
	p.code = p.cmd.ProcessState.ExitCode()
	if strings.Contains(p.out.String(), canary) || strings.Contains(p.out.String(), world.Lab.Password) {
		t.Error("a secret is in the log")
	}
	return p
}

// run runs a pipeline that must end with a code.
func run(t *testing.T, code int, r repository, facts map[string]string, args ...string) *pipeline {
	t.Helper()
	p := start(t, r, facts, args...).wait(t)
	if p.code != code {
		t.Fatalf("the pipeline ended with %d, want %d\n%s", p.code, code, p.out)
	}
	return p
}

// artifact is a file that a job gave to GitLab.
func (p *pipeline) artifact(t *testing.T, job, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, ".gitlab-ci-local/artifacts", job, name))
	if err != nil {
		t.Fatalf("artifact of %s: %v\n%s", job, err, p.out)
	}
	return data
}

// log is what a job printed.
func (p *pipeline) log(t *testing.T, job string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, ".gitlab-ci-local/output", job+".log"))
	if err != nil {
		t.Fatalf("log of %s: %v\n%s", job, err, p.out)
	}
	return string(data)
}

// jobs are those of a pipeline that GitLab would start, and those that wait for a person.
func jobs(t *testing.T, r repository, facts map[string]string) (automatic, manual []string) {
	t.Helper()
	p := run(t, 0, r, facts, "--list-json")
	text := regexp.MustCompile(`(?s)\[\s*(\{.*\})?\s*\]`).FindString(p.out.String())
	var list []struct{ Name, When string }
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("listing jobs: %v\n%s", err, p.out)
	}
	for _, job := range list {
		switch job.When {
		case "never":
		case "manual":
			manual = append(manual, job.Name)
		default:
			automatic = append(automatic, job.Name)
		}
	}
	slices.Sort(automatic)
	return automatic, manual
}

// workflow is a repository with a single job, which has the rules of the workflow: gitlab-ci-local does not look at
// those themselves.
func workflow(t *testing.T) repository {
	t.Helper()
	r := newRepository(t, true)
	c, err := component.Load(filepath.Join(r.dir, "templates/pipeline.yml"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := c.With(map[string]any{"state_bucket": "states"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(map[string]any{"pipeline": map[string]any{"script": []any{"true"}, "rules": component.At(config["workflow"], "rules")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".gitlab-ci.yml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return r
}
