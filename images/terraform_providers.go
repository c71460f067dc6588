package images

import (
	"context"
	"path"
	"slices"

	"dagger/pipeline/internal/dagger"
)

// locks are the texts of the root modules' lock files, each once, and the root
// modules without one.
func (t Terraform) locks(ctx context.Context) (locks []string, open []unlocked, err error) {
	for _, root := range t.Roots {
		if err := checkRoot(ctx, t.Source, root); err != nil {
			return nil, nil, err
		}
		infra := t.Source.Directory(root)
		ok, err := infra.Exists(ctx, lockFile)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			m, err := ReadRoot(ctx, t.Source, root)
			if err != nil {
				return nil, nil, err
			}
			if len(m.Providers) > 0 {
				u := unlocked{root, m.Providers, m.Calls}
				u.tell()
				open = append(open, u)
			}
			continue
		}
		lock, err := infra.File(lockFile).Contents(ctx)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(locks, lock) {
			locks = append(locks, lock)
		}
	}
	return locks, open, nil
}

// withProviders adds the providers of each lock file: one after the other, as
// two root modules may lock different versions of a provider.
func (t Terraform) withProviders(ctx context.Context, c *dagger.Container, locks []string, open []unlocked) (*dagger.Container, error) {
	var all []Provider
	for _, lock := range locks {
		providers, err := LockedProviders(lock)
		if err != nil {
			return nil, err
		}
		work := path.Join(terraformHome, "lock")
		c = c.WithNewFile(path.Join(work, lockFile), lock).WithNewFile(path.Join(work, "providers.tf"), requirements(providers))
		if c, err = t.fetched(ctx, c, work, providers, madeLock(lockDigest(lock))); err != nil {
			return nil, err
		}
		all = append(all, providers...)
	}
	for _, u := range open {
		work, providers := path.Dir(madeLock(u.root)), u.sources(t.Release.registryHost())
		if len(u.calls) > 0 {
			c, work = u.inSource(c.With(t.SSH.With), t.Source)
		} else {
			c = c.WithNewFile(path.Join(work, "providers.tf"), u.requirements())
		}
		var err error
		if c, err = t.fetched(ctx, c, work, providers, madeLock(u.root)); err != nil {
			return nil, err
		}
		c = c.With(t.SSH.Without)
		all = append(all, providers...)
	}
	if len(all) > 0 {
		c = c.With(withCLIConfig(Providers, sources(all)))
	}
	return c.WithWorkdir(Workdir), nil
}

// fetched adds the providers that a root module in the container requires, and a lock file.
func (t Terraform) fetched(ctx context.Context, c *dagger.Container, work string, providers []Provider, lock string) (*dagger.Container, error) {
	fetch := c.WithWorkdir(work)
	if t.Mirror != nil {
		mirrored, err := t.mirrored(ctx, providers)
		if err != nil {
			return nil, err
		}
		fetch = fetch.
			WithMountedDirectory(mirrorMount, t.Mirror).
			With(withCLIConfig(mirrorMount, mirrored))
	}
	return fetch.
		With(t.Secrets.With).
		WithExec([]string{"sh", "-c", fetchProviders, "fetch-providers", lock}).
		With(t.Secrets.Without).
		WithoutMount(mirrorMount).
		WithoutMount(configurationMount).
		WithoutEnvVariable("TF_CLI_CONFIG_FILE"), nil
}

func withCLIConfig(mirror string, sources []string) dagger.WithContainerFunc {
	file := path.Join(terraformHome, "cli.tfrc")
	return func(c *dagger.Container) *dagger.Container {
		return c.WithNewFile(file, cliConfig(mirror, sources)).WithEnvVariable("TF_CLI_CONFIG_FILE", file)
	}
}

// mirrored are the providers that the caller's mirror has.
func (t Terraform) mirrored(ctx context.Context, providers []Provider) ([]string, error) {
	var out []string
	for _, s := range sources(providers) {
		ok, err := t.Mirror.Exists(ctx, s)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, s)
		}
	}
	return out, nil
}

func sources(providers []Provider) []string {
	var out []string
	for _, p := range providers {
		if !slices.Contains(out, p.Source) {
			out = append(out, p.Source)
		}
	}
	return out
}
