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
	"strconv"
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
	done chan struct{}
	dir  string
	code int
}

// start begins a pipeline with what GitLab tells it; args are the names of jobs, or options.
func start(t *testing.T, r repository, facts map[string]string, args ...string) *pipeline {
	t.Helper()
	r.commit(t)
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	command := []string{"--force-shell-executor", "--shell-isolation", "--color=false"}
	for name, value := range with(variables(), facts) {
		if value == "" {
			command = append(command, "--unset-variable", name)
		} else {
			command = append(command, "--variable", name+"="+value)
		}
	}
	p := &pipeline{cmd: exec.CommandContext(ctx, tools.GitLabCILocal(t), append(command, args...)...), out: &bytes.Buffer{}, done: make(chan struct{}), dir: r.dir}
	p.cmd.Dir, p.cmd.Env = r.dir, runner(t)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	// A runner ends a job by its process group.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = func() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM) }
	p.cmd.WaitDelay = 30 * time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-p.done
	})
	return p
}

// ended tells whether the pipeline is over.
func (p *pipeline) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *pipeline) wait(t *testing.T) *pipeline {
	t.Helper()
	<-p.done
	p.code = p.cmd.ProcessState.ExitCode()
	if strings.Contains(p.out.String(), canary) || strings.Contains(p.out.String(), world.Lab.Password) {
		t.Error("a secret is in the log")
	}
	return p
}

// command is the process id of the running dagger command that calls a function.
func (p *pipeline) command(t *testing.T, function string) int {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if group, err := syscall.Getpgid(pid); err != nil || group != p.cmd.Process.Pid {
			continue
		}
		line, _ := os.ReadFile(path) // it may have ended
		args := strings.Split(string(line), "\x00")
		if len(args) > 2 && args[1] == "call" && slices.Contains(args, function) {
			return pid
		}
	}
	t.Fatalf("no command calls %s", function)
	return 0
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
	config := template(t, map[string]any{"state_bucket": "states"})
	text, err := yaml.Marshal(map[string]any{"pipeline": map[string]any{"script": []any{"true"}, "rules": component.At(config["workflow"], "rules")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".gitlab-ci.yml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return r
}

// template is the component with values for its inputs.
func template(t *testing.T, inputs map[string]any) component.Config {
	t.Helper()
	c, err := component.Load(filepath.Join(world.Root, "templates/pipeline.yml"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := c.With(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return config
}
