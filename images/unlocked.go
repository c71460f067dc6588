package images

import (
	"context"
	"crypto/sha256"
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
	// calls are the modules that are not in the source and have requirements, too.
	calls []string
}

// madeLock is where the image keeps the lock file of such a root module, or one that it
// has completed, by the digest of what it was.
func madeLock(of string) string { return path.Join(terraformHome, "locks", of, lockFile) }

// Lock is the lock file that a terraform container has for a root module: one that was
// made for it, or the root module's own with the checksums that it lacks of the
// container's providers; nil where it has none. own tells that the root module has one.
func Lock(ctx context.Context, c *dagger.Container, source *dagger.Directory, root string) (lock *dagger.File, own bool, err error) {
	of := root
	if own, err = source.Directory(root).Exists(ctx, lockFile); err != nil {
		return nil, own, err
	}
	if own {
		text, err := source.Directory(root).File(lockFile).Contents(ctx)
		if err != nil {
			return nil, own, err
		}
		of = lockDigest(text)
	}
	there, err := c.Rootfs().Exists(ctx, strings.TrimPrefix(madeLock(of), "/"))
	if err != nil || !there {
		return nil, own, err
	}
	return c.File(madeLock(of)), own, nil
}

func lockDigest(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// wanted is all that the versions of its providers depend on.
func (u unlocked) wanted() string {
	return strings.Join(append([]string{u.root, u.requirements()}, u.calls...), "\n")
}

// inSource adds the root module as it is, where modules that it calls have requirements:
// the configuration alone, which is not left in the image.
func (u unlocked) inSource(c *dagger.Container, source *dagger.Directory) (in *dagger.Container, work string) {
	configuration := dag.Directory().WithDirectory(".", source, dagger.DirectoryWithDirectoryOpts{Include: rootmodule.Configuration})
	return c.WithMountedDirectory(configurationMount, configuration), path.Join(configurationMount, u.root)
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
		return tofuRegistry
	}
	return terraformRegistry
}
