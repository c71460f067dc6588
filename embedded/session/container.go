package session

import (
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"dagger/pipeline/embedded/tunnel"
)

// container is an immutable state: a filesystem, what is mounted into it, and
// the image configuration.
type container struct {
	fs       llb.State
	image    ocispecs.Image
	imageRef string
	mounts   []mount
	secrets  []secretEnv
	ports    []exposed
	check    tunnel.Readiness // what is said of a command
	services []binding
	last     *llb.State // what the last exec left besides its files: stdout, stderr, combined, exitCode
}

type secretEnv struct {
	name   string
	secret *secret
}

// mount is what is mounted at target. Exactly one of its kinds is set.
type mount struct {
	target   string
	dir      *llb.State // a directory or, with selector, one file
	selector string
	cache    *cacheVolume
	sharing  llb.CacheMountSharingMode
	temp     bool
	tempSize int
	secret   *secret
	socket   *unixSocket
	mode     int
	uid, gid int
}

// clone returns a copy that can be changed without touching c.
func (c *container) clone() *container {
	n := *c
	n.mounts = slices.Clone(c.mounts)
	n.secrets = slices.Clone(c.secrets)
	n.ports, n.services = slices.Clone(c.ports), slices.Clone(c.services)
	n.image.Config.Env = slices.Clone(c.image.Config.Env)
	labels := make(map[string]string, len(c.image.Config.Labels))
	for k, v := range c.image.Config.Labels {
		labels[k] = v
	}
	n.image.Config.Labels = labels
	n.imageRef = "" // as on Dagger, a container that anything was set on is not the image
	n.image.Config.ExposedPorts = maps.Clone(c.image.Config.ExposedPorts)
	return &n
}

// abs makes p absolute from the container's working directory.
func (c *container) abs(p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", c.image.Config.WorkingDir, p)
}

// locate finds what holds the absolute path p: the mount (or -1 for the root
// filesystem), its state and the path in there.
func (c *container) locate(p string) (index int, st llb.State, inner string) {
	index, inner = -1, p
	longest := ""
	for i, m := range c.mounts {
		if len(m.target) >= len(longest) && (p == m.target || strings.HasPrefix(p, strings.TrimSuffix(m.target, "/")+"/")) {
			index, longest = i, m.target
		}
	}
	if index < 0 {
		return index, c.fs, inner
	}
	m := c.mounts[index]
	if m.dir == nil {
		return index, llb.Scratch(), p
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(p, m.target), "/")
	return index, *m.dir, path.Join("/", m.selector, rel)
}

// change replaces the state that holds p (root or mount) with the result of f, which
// gets the path in that state.
func (c *container) change(p string, f func(st llb.State, inner string) llb.State) *container {
	i, st, inner := c.locate(c.abs(p))
	n := c.clone()
	st = f(st, inner)
	if i < 0 {
		n.fs = st
	} else if n.mounts[i].dir != nil {
		n.mounts[i].dir = &st
	}
	return n
}

func (c *container) setMount(m mount) *container {
	m.target = c.abs(m.target)
	n := c.withoutMount(m.target)
	n.mounts = append(n.mounts, m)
	return n
}

func (c *container) withoutMount(p string) *container {
	n := c.clone()
	target := c.abs(p)
	n.mounts = slices.DeleteFunc(n.mounts, func(m mount) bool { return m.target == target })
	return n
}

func (c *container) env(name string) (string, bool) {
	for _, kv := range c.image.Config.Env {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v, true
		}
	}
	return "", false
}

func (c *container) setEnv(name, value string) {
	kv := name + "=" + value
	for i, old := range c.image.Config.Env {
		if k, _, _ := strings.Cut(old, "="); k == name {
			c.image.Config.Env[i] = kv
			return
		}
	}
	c.image.Config.Env = append(c.image.Config.Env, kv)
}

// expand replaces ${VAR} and $VAR when asked to.
func (c *container) expand(on bool, text string) string {
	if !on {
		return text
	}
	return os.Expand(text, func(name string) string {
		v, _ := c.env(name)
		return v
	})
}

func (c *container) unsetEnv(name string) {
	c.image.Config.Env = slices.DeleteFunc(c.image.Config.Env, func(kv string) bool {
		k, _, _ := strings.Cut(kv, "=")
		return k == name
	})
}

func (c *container) envList() []any {
	out := make([]any, 0, len(c.image.Config.Env))
	for _, kv := range c.image.Config.Env {
		k, v, _ := strings.Cut(kv, "=")
		out = append(out, &envVariable{k, v})
	}
	return out
}

func (c *container) withoutSecret(name string) *container {
	n := c.clone()
	n.secrets = slices.DeleteFunc(n.secrets, func(e secretEnv) bool { return e.name == name })
	return n
}
