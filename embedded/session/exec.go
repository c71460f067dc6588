package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

// Paths inside a container while an exec runs. BuildKit removes the mount
// points afterwards, so that no layer holds them.
const (
	shimPath    = "/.pipeline-shim"
	metaPath    = "/.pipeline-meta"
	controlPath = "/.pipeline-control"
	secretsPath = "/.pipeline-secrets"
	servePath   = "/.pipeline-serve"
	servicePath = "/.pipeline-services"
)

type execOptions struct {
	args       []string
	stdin      string
	stdinFile  string
	stdoutFile string
	stderrFile string
	expect     string
	privileged bool
	// For a service: the id of its streams to the session, and when it is ready.
	serves string
	ready  string
}

// servedOn is the command of a service with the id of its streams.
func (o execOptions) servedOn(id string) execOptions {
	o.serves = id
	return o
}

// exec returns the container after the command.
func (s *Server) exec(c *container, o execOptions) (*container, error) {
	if len(o.args) == 0 {
		return nil, errors.New("withExec: no command given and the image has no default one")
	}
	if o.privileged {
		return nil, errors.New("withExec: insecureRootCapabilities is not implemented by the embedded engine")
	}
	shim, err := s.shim()
	if err != nil {
		return nil, err
	}
	meta := llb.Scratch().File(llb.Mkdir("/meta", 0o777), llb.WithCustomName("[internal] prepare exec"))
	flags := []string{"-meta", metaPath, "-expect", o.expect, "-proxies", proxiesPath, "-certificates", certificatesPath}
	if o.stdin != "" {
		meta = meta.File(llb.Mkfile("/meta/stdin", 0o644, []byte(o.stdin)), llb.WithCustomName("[internal] write stdin"))
		o.stdinFile = metaPath + "/stdin"
	}
	for _, f := range []struct{ flag, path string }{{"-stdin", o.stdinFile}, {"-stdout", o.stdoutFile}, {"-stderr", o.stderrFile}} {
		if f.path != "" {
			flags = append(flags, f.flag, c.abs(f.path))
		}
	}
	opts := []llb.RunOption{
		// Not read-only, though nothing writes to it: BuildKit releases a
		// read-only mount twice when a second exec of a session fails, and
		// reports that in place of the exec's error.
		llb.AddMount(shimPath, shim, llb.SourcePath("/shim"), llb.ForceNoOutput),
		llb.AddMount(metaPath, meta, llb.SourcePath("/meta")),
	}
	name, socket := execPrefix, llb.AddSSHSocket(llb.SSHID(controlID), llb.SSHSocketTarget(controlPath), llb.SSHOptional)
	if o.serves != "" {
		// It is the session that ends a service, after the commands that use it.
		name, socket = servicePrefix, llb.AddSSHSocket(llb.SSHID(o.serves), llb.SSHSocketOpt(servePath, 0, 0, 0o666))
		flags = append(flags, "-serve", servePath, "-ready", o.ready)
	} else {
		flags = append(flags, "-control", controlPath)
	}
	opts = append(opts, socket, llb.WithCustomName(name+displayName(o.args)))
	for i, b := range c.services {
		opts = append(opts, b.options(i)...)
		flags = append(flags, "-service", b.flag(i))
	}
	opts = append(opts, machineFiles()...)
	if s.opts.HostNetwork {
		opts = append(opts, llb.Network(pb.NetMode_HOST))
	}
	for _, m := range c.mounts {
		opts = append(opts, m.option())
		if m.secret != nil {
			flags = append(flags, "-secret-file", m.target)
		}
	}
	// Files in memory, of which the shim makes variables: as variables of the
	// container they would be in its configuration, on the disk, while it runs and
	// for good where the daemon is killed.
	for i, e := range c.secrets {
		file := fmt.Sprintf("%s/%d", secretsPath, i)
		opts = append(opts, llb.AddSecret(file, llb.SecretID(e.secret.key), llb.SecretFileOpt(0, 0, 0o444)))
		flags = append(flags, "-secret-env", e.name+"="+file)
	}
	argv := append(append([]string{shimPath}, flags...), "--")
	opts = append(opts, llb.Args(append(argv, o.args...)))

	run := c.configured().Run(opts...)
	n := c.clone()
	n.fs = llb.NewState(run.Root().Output())
	left := llb.NewState(run.GetMount(metaPath).Output())
	n.last = &left
	for i, m := range n.mounts {
		if m.dir != nil {
			after := llb.NewState(run.GetMount(m.target).Output())
			n.mounts[i].dir = &after
		}
	}
	n.imageRef = ""
	return n, nil
}

// displayName is a command on one line. Multi-line scripts are cut out: nobody looks
// for them in the progress.
func displayName(args []string) string {
	shown := make([]string, len(args))
	for i, a := range args {
		if strings.Contains(a, "\n") {
			a = "..."
		}
		shown[i] = a
	}
	return strings.Join(shown, " ")
}

// configured is the root filesystem with the environment of an exec.
func (c *container) configured() llb.State {
	st := c.fs
	for _, kv := range c.image.Config.Env {
		k, v, _ := strings.Cut(kv, "=")
		st = st.AddEnv(k, v)
	}
	st = st.Dir(c.abs("."))
	if u := c.image.Config.User; u != "" {
		st = st.User(u)
	}
	return st
}

func (m mount) option() llb.RunOption {
	switch {
	case m.cache != nil:
		return llb.AddMount(m.target, llb.Scratch(), llb.AsPersistentCacheDir(m.cache.key, m.sharing))
	case m.temp:
		if m.tempSize > 0 {
			return llb.AddMount(m.target, llb.Scratch(), llb.Tmpfs(llb.TmpfsSize(int64(m.tempSize))))
		}
		return llb.AddMount(m.target, llb.Scratch(), llb.Tmpfs())
	case m.secret != nil:
		return llb.AddSecret(m.target, llb.SecretID(m.secret.key), llb.SecretFileOpt(m.uid, m.gid, m.mode))
	case m.socket != nil:
		return llb.AddSSHSocket(llb.SSHID(m.socket.id), llb.SSHSocketOpt(m.target, 0, 0, 0o600))
	default:
		return llb.AddMount(m.target, *m.dir, llb.SourcePath(m.selector))
	}
}

// shim is the filesystem with the shim binary as /shim.
func (s *Server) shim() (llb.State, error) {
	if s.opts.Shim == "" {
		return llb.State{}, errors.New("running a command: the path of the shim is not set")
	}
	f, err := s.hostFile(s.opts.Shim)
	if err != nil {
		return llb.State{}, fmt.Errorf("loading the shim: %w", err)
	}
	return llb.Scratch().File(llb.Copy(f.st, f.path, "/shim"), llb.WithCustomName("[internal] load shim")), nil
}

// printedTooMuch says what to do where a command's output is more than can be read.
func printedTooMuch(name string, err error) error {
	if errors.Is(err, errTooLong) {
		return fmt.Errorf("reading what the command printed: more than %d MiB on %s: let it print less, or into a file", readLimit>>20, name)
	}
	return err
}

// meta reads one of the files that the shim left.
func (s *Server) meta(ctx context.Context, c *container, name string) (string, error) {
	if c.last == nil {
		return "", fmt.Errorf("%s: no command has been run in this container", name)
	}
	ref, err := s.solve(ctx, *c.last, &c.image.Platform)
	if err != nil {
		return "", err
	}
	b, err := readAll(ctx, ref, "/meta/"+name)
	return string(b), printedTooMuch(name, err)
}
