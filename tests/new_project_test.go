package tests

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// A new project begins with the commands of docs/dagger.md: install, generate, check, deploy. Its settings are in .env.
func TestNewProject(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	flags, settings := p.Call(), ""
	for i := 1; i < len(flags.Args); i += 2 {
		settings += "PIPELINE_" + strings.ReplaceAll(flags.Args[i][2:], "-", "") + "=" + strings.TrimSuffix(flags.Args[i+1], p.Dir) + "\n"
	}
	p.Write(".env", strings.Replace(settings, "PIPELINE_source=\n", "PIPELINE_source=.\n", 1))
	in := func(args ...string) harness.Call {
		return harness.Call{Args: append([]string{"call"}, args...), Dir: p.Dir, Env: flags.Env}
	}
	if world.Engine.Name() == "dagger" {
		newProjectOnDagger(t, p, flags.Env)
	} else {
		newProjectOnEmbedded(t, p, in)
	}
	want, err := os.ReadFile(filepath.Join(world.Root, "examples/ci/gitlab.yml"))
	if err != nil || p.Read(".gitlab-ci.yml") != string(want) || p.Read(".gitignore") != "/pipeline-results/\n" {
		t.Errorf("%v, written:\n%s\n%s", err, p.Read(".gitlab-ci.yml"), p.Read(".gitignore"))
	}
	if r := world.Succeed(t, in("generate", "is-empty")); strings.TrimSpace(r.Stdout) != "true" {
		t.Errorf("a second time there are changes: %s", r.Stdout)
	}
	environment := world.Environment()
	if r := world.Succeed(t, in("deploy", "--environment", environment)); !strings.Contains(r.Stdout, "2 added") {
		t.Errorf("deployed: %s", r.Stdout)
	}
	world.Succeed(t, in("destroy", "--environment", environment))
}

func newProjectOnEmbedded(t *testing.T, p *harness.Project, in func(args ...string) harness.Call) {
	r := world.Succeed(t, in("generate"))
	for _, want := range []string{"+++ b/.gitlab-ci.yml\n", "+++ b/.gitignore\n", "\n+/pipeline-results/\n"} {
		if !strings.Contains(r.Stdout, want) {
			t.Errorf("the patch lacks %q:\n%s", want, r.Stdout)
		}
	}
	if _, err := os.Stat(p.Path(".gitlab-ci.yml")); err == nil || !strings.Contains(r.Stderr, "not written, which -y (--auto-apply) does: .gitignore, .gitlab-ci.yml\n") {
		t.Errorf("written, though nobody asked for it: %s", r.Stderr)
	}
	// The working directory is that of another project.
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, ".gitlab-ci.yml"), []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	other := in("--source", p.Dir, "generate", "-y")
	other.Dir = elsewhere
	if r := world.Run(t, other); r.Code != 1 || contents(t, filepath.Join(elsewhere, ".gitlab-ci.yml")) != "mine\n" {
		t.Errorf("exit code %d: %s", r.Code, r.Stderr)
	}
	if r := world.Succeed(t, in("generate", "-y")); !strings.Contains(r.Stderr, "written: .gitignore, .gitlab-ci.yml\n") {
		t.Errorf("%s", r.Stderr)
	}
	if r := world.Succeed(t, in("generate")); r.Stdout != "" || !strings.Contains(r.Stderr, "no changes to apply\n") {
		t.Errorf("a second time: %s\n%s", r.Stdout, r.Stderr)
	}
	world.Succeed(t, in("test"))
	world.Succeed(t, in("validate"))
}

// newProjectOnDagger installs a copy of the module that is in the project: one from elsewhere has to have an address. The project is
// a directory of its repository, and the source that of its dagger.json: no setting says so.
func newProjectOnDagger(t *testing.T, p *harness.Project, env []string) {
	settings := p.Read(".env")
	p.Write(".env", strings.Replace(settings, "PIPELINE_source=.\n", "", 1))
	defer p.Write(".env", settings)
	if err := harness.CopyModule(world.Root, p.Path("pipeline")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"git init -q ..", "dagger init", "dagger toolchain install ./pipeline", "dagger generate -y", "dagger check"} {
		args := strings.Fields(command)
		if args[0] == "dagger" {
			args = append([]string{"dagger", "--progress=plain"}, args[1:]...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), harness.Limit)
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir, cmd.Env = p.Dir, append(append(os.Environ(), "NO_COLOR=1"), env...)
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
}
