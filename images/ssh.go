package images

import (
	"context"
	"fmt"
	"path"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// SSH is what git needs for servers that it reaches over SSH: an agent, which signs with
// keys that it does not give away, and the keys by which the servers are known. The zero
// value is neither.
type SSH struct {
	Agent *dagger.Socket
	// Known are lines of a known_hosts file.
	Known string
}

// Places in a container while a command has the agent.
const (
	sshHome     = "/opt/pipeline-ssh"
	agentSocket = "/run/pipeline-ssh-agent"
)

var (
	sshTool   = tool{"ssh", "openssh-client", "openssh-client-default"}
	sshSaid   = script("ssh-said")
	asSSH     = embedded("ssh.sh")
	wellKnown = embedded("known_hosts")
)

// NewSSH is an agent with the host keys of a project's own file, whose name is "" for
// none, and those of public servers. Nothing else vouches for a server.
func NewSSH(ctx context.Context, agent *dagger.Socket, source *dagger.Directory, dir, file string) (SSH, error) {
	if agent == nil {
		return SSH{}, nil
	}
	out := SSH{Agent: agent, Known: wellKnown}
	if file == "" {
		return out, nil
	}
	text, err := read(ctx, source, path.Join(dir, file), "known-hosts in [tool.pipeline] names it")
	out.Known += text
	return out, err
}

// With gives a container the agent, for the commands up to Without. It is in no layer,
// and the name of an image has nothing of it.
func (s SSH) With(c *dagger.Container) *dagger.Container {
	if s.Agent == nil {
		return c
	}
	files := dag.Directory().
		WithNewFile("ssh", asSSH, dagger.DirectoryWithNewFileOpts{Permissions: 0o755}).
		WithNewFile("known_hosts", s.Known)
	return c.
		WithMountedDirectory(sshHome, files).
		WithUnixSocket(agentSocket, s.Agent).
		WithEnvVariable("SSH_AUTH_SOCK", agentSocket).
		WithEnvVariable("GIT_SSH_COMMAND", sshHome+"/ssh")
}

func (s SSH) Without(c *dagger.Container) *dagger.Container {
	if s.Agent == nil {
		return c
	}
	return c.
		WithoutEnvVariable("GIT_SSH_COMMAND").
		WithoutEnvVariable("SSH_AUTH_SOCK").
		WithoutUnixSocket(agentSocket).
		WithoutMount(sshHome)
}

// overSSH is the first address among files that git reaches over SSH, "" for none.
func overSSH(files map[string]string) string {
	for _, file := range sortedKeys(files) {
		if address := project.ClonesOverSSH(files[file]); address != "" {
			return address
		}
	}
	return ""
}

// forSSH makes an installer tell what ssh said, where it takes packages over SSH. What
// it explains stays its own otherwise.
func (i installer) forSSH(lockName string, given bool) installer {
	if i.overSSH = overSSH(i.files); i.overSSH != "" {
		i.script = sshSaid + i.script
		i.explain = explainSSH(i.said(lockName), given, i.explain)
	}
	return i
}

func (i installer) said(lockName string) string {
	return fmt.Sprintf("%s takes a package from %q", lockName, i.overSSH)
}

// sshOf is what git needs where what a project locks is installed once more, and what
// explains a failure of that: nothing of it for a project without packages over SSH.
func (a App) sshOf(ctx context.Context, f found, explain func(string) string) (SSH, func(string) string, error) {
	install, err := a.installer(ctx, f)
	if err != nil || overSSH(install.files) == "" {
		return SSH{}, explain, err
	}
	install.overSSH = overSSH(install.files)
	return a.SSH, explainSSH(install.said(f.lockName), a.SSH.Agent != nil, explain), nil
}
