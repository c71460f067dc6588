package python

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// noAgent is a target whose tests fail if they see anything of the agent.
const noAgent = "test:\n\tpython -c 'import cloned'\n\ttest -z \"$$SSH_AUTH_SOCK$$GIT_SSH_COMMAND\" && test ! -e /run/pipeline-ssh-agent && test ! -e /opt/pipeline-ssh\n.PHONY: test\n"

// A package that comes from a git server over SSH is installed with a key that an agent alone has.
// The server has to be known; the tests do not see the agent, nobody sees the key, and with another
// agent nothing is installed again.
func TestPackageOverSSH(t *testing.T) {
	lab, err := url.Parse(world.Lab.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	server := harness.NewGitOverSSH(t, lab.Hostname())
	top, commit := makeRepository(t)
	r := repositories{URL: server.Prefix + filepath.Join(top, "cloned.git"), commit: commit}
	other, _ := harness.NewSSHKey(t)
	_, hostKey := harness.NewSSHKey(t)
	place, _, _ := strings.Cut(server.Known, " ")
	for manager, p := range map[string]*harness.Project{"uv": r.uv(t), "poetry": r.poetry(t)} {
		t.Run(manager, func(t *testing.T) {
			start := time.Now().Add(-time.Second)
			p.Write("Makefile", noAgent)
			takes := fmt.Sprintf("%s.lock takes a package from %q", manager, r.URL)
			with := func(agent string, verb ...string) harness.Call {
				return p.Call(append([]string{"--ssh-agent", "unix://" + agent}, verb...)...)
			}
			refused := func(call harness.Call, want string) harness.Result {
				t.Helper()
				r := world.Run(t, call)
				if r.Code == 0 || !strings.Contains(r.Stderr, want) {
					t.Errorf("exit code %d, want %q in\n%s", r.Code, want, r.Stderr)
				}
				return r
			}
			agent := harness.NewSSHAgent(t, server.PrivateKey)
			refused(p.Call("test"), takes+" over SSH: give the agent that has a key for it with --ssh-agent unix://$SSH_AUTH_SOCK")
			unknown := refused(with(agent, "test"), takes+": the host key of "+place+" is not known: ")

			p.Append("pyproject.toml", "[tool.pipeline]\nknown-hosts = \"hosts\"\n")
			p.Write("hosts", place+" "+hostKey)
			refused(with(agent, "test"), takes+": the host key of "+place+" is another one than the known one: ")
			p.Write("hosts", server.Known)
			refused(with(harness.NewSSHAgent(t), "test"), takes+": the agent of --ssh-agent has no key: ")
			refused(with(harness.NewSSHAgent(t, other), "test"), takes+": the git server refuses each key of the agent (")

			given := world.Succeed(t, with(agent, "test"))
			again := world.Succeed(t, with(harness.NewSSHAgent(t, other, server.PrivateKey), "test"))
			if world.Engine.Name() == "embedded" && (!installed(given) || installed(again)) {
				t.Errorf("packages were installed by %q, and by %q", given.Ran(), again.Ran())
			}

			var search harness.Search
			search.AddSSHKey("the private key", server.PrivateKey)
			found := search.Bytes("the output", []byte(given.Stdout+given.Stderr+unknown.Stderr))
			world.Succeed(t, with(agent, append([]string{"app-container"}, p.Pushing(world.Lab.Registry+"/over-ssh/"+manager+":app")...)...))
			for _, f := range append(found, onDisk(t, &search, start)...) {
				t.Error("found in", f)
			}
		})
	}
}
