package images

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// unlocked is a root module without a lock file. The versions of its providers
// are chosen once, when the image is built, so that a plan and its deployment
// have the same; another image is built when its requirements change.
type unlocked struct {
	root      string
	providers []rootmodule.Requirement
}

// madeLock is where the image keeps the lock file of such a root module.
func madeLock(root string) string { return path.Join(terraformHome, "locks", root, lockFile) }

// MadeLock is the lock file that a terraform container has for a root module
// without one, nil if it has none.
func MadeLock(ctx context.Context, c *dagger.Container, root string) (*dagger.File, error) {
	dir := c.Rootfs()
	ok, err := dir.Exists(ctx, strings.TrimPrefix(madeLock(root), "/"))
	if err != nil || !ok {
		return nil, err
	}
	return c.File(madeLock(root)), nil
}

func (u unlocked) tell() {
	tell.Line(fmt.Sprintf("%s has no %s: the terraform container keeps the one of its first run: terraform-container file --path %s export --path %s, and commit it (or run terraform providers lock)",
		u.root, lockFile, madeLock(u.root), path.Join(u.root, lockFile)))
}

// requirements is a root module that requires the same.
func (u unlocked) requirements() string {
	var out strings.Builder
	out.WriteString("terraform {\n  required_providers {\n")
	for i, p := range u.providers {
		fmt.Fprintf(&out, "    provider%d = { source = %q", i, p.Source)
		if len(p.Versions) > 0 {
			fmt.Fprintf(&out, ", version = %q", strings.Join(p.Versions, ", "))
		}
		out.WriteString(" }\n")
	}
	out.WriteString("  }\n}\n")
	return out.String()
}

// sources are the full addresses of the providers.
func (u unlocked) sources(registry string) []Provider {
	var out []Provider
	for _, p := range u.providers {
		source := p.Source
		if strings.Count(source, "/") < 2 {
			source = registry + "/" + source
		}
		out = append(out, Provider{Source: source})
	}
	return out
}

// registryHost is where a release looks for providers whose source names no host.
func (r Release) registryHost() string {
	if r.OpenTofu {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}
