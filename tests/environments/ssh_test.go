package environments

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// overSSH makes something for which it runs a command, which fails if it sees anything of the agent.
const overSSH = `resource "terraform_data" "it" {
  provisioner "local-exec" {
    command = "test -z \"$SSH_AUTH_SOCK$GIT_SSH_COMMAND\" && test ! -e /run/pipeline-ssh-agent && test ! -e /opt/pipeline-ssh"
  }
}
`

// A module that comes from a git server over SSH is fetched with a key that an agent alone has. The
// server has to be known, and what Terraform runs for a deployment does not see the agent.
func TestModuleOverSSH(t *testing.T) {
	lab, err := url.Parse(world.AWS.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	server := harness.NewGitOverSSH(t, lab.Hostname())
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(overSSH), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "a module"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	source := "git::" + server.Prefix + dir
	p := project(t, fmt.Sprintf("module \"m\" { source = %q }\n", source))
	agent := harness.NewSSHAgent(t, server.PrivateKey)
	flags := []string{"--ssh-agent", "unix://" + agent}
	place, _, _ := strings.Cut(server.Known, " ")
	fetches := fmt.Sprintf("running terraform init: terraform fetches a module from %q", source)

	env := world.Environment()
	refused(t, call(p, "plan", env), 1, fetches+" over SSH: give the agent that has a key for it with --ssh-agent unix://$SSH_AUTH_SOCK")
	refused(t, call(p, "plan", env, flags...), 1, fetches+": the host key of "+place+" is not known: ")
	p.Append("pyproject.toml", "\n[tool.pipeline]\nknown-hosts = \"hosts\"\n")
	p.Write("hosts", server.Known)
	refused(t, call(p, "plan", env, "--ssh-agent", "unix://"+harness.NewSSHAgent(t)), 1, fetches+": the agent of --ssh-agent has no key: ")
	world.Succeed(t, common(p.Call(append(flags, "validate")...)))
	if got, want := result(t, call(p, "deploy", env, flags...)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	if got, want := result(t, call(p, "destroy", env, flags...)), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}
