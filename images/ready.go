package images

import (
	"context"

	"golang.org/x/sync/errgroup"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Prepared is what is added to the app image for tests and package: everything else
// that they depend on.
type Prepared struct {
	Installed
	// Source is the part of the repository that they read.
	Source *dagger.Directory
}

// Prepare installs the project and leaves out what tests and package do not read;
// roots are Terraform's root modules. Nothing is run.
func (a App) Prepare(ctx context.Context, roots []string) (Prepared, error) {
	installed, err := a.Installed(ctx)
	if err != nil {
		return Prepared{}, err
	}
	source, err := a.Inputs(ctx, installed.Dirs, roots)
	return Prepared{Installed: installed, Source: source}, err
}

// Digests are the digests of everything that is added to the image.
func (p Prepared) Digests(ctx context.Context) ([]string, error) {
	out := make([]string, 3)
	group, ctx := errgroup.WithContext(ctx)
	for i, dir := range []*dagger.Directory{p.Source, p.Files, p.Commands} {
		group.Go(func() (err error) { out[i], err = dir.Digest(ctx); return })
	}
	return out, group.Wait()
}

// Ready is the app container with everything that tests and package depend on.
func (a App) Ready(ctx context.Context, image *dagger.Container, p Prepared) (*dagger.Container, error) {
	c := p.on(image).With(withWhatIsInstalled).WithDirectory(Workdir, p.Source)
	asked, err := a.AskedPython(ctx)
	if err != nil {
		return nil, err
	}
	if project.NamesPatch(asked) { // which need not be the image's, and uv would look for that alone
		c = c.WithEnvVariable("UV_PYTHON", virtualenv+"/bin/python")
	}
	if len(p.Build) == 0 {
		return c, nil
	}
	return a.build(ctx, c, p.Build)
}

// withWhatIsInstalled makes `uv run` in a Makefile take the environment that is there:
// left alone, it makes one of its own in the source and installs all packages again.
// Poetry finds it by VIRTUAL_ENV.
func withWhatIsInstalled(c *dagger.Container) *dagger.Container {
	return c.
		WithEnvVariable("UV_PROJECT_ENVIRONMENT", virtualenv).
		WithEnvVariable("UV_NO_SYNC", "1").
		WithEnvVariable("UV_PYTHON_DOWNLOADS", "never")
}

// build installs packages with their own build backends, from the source: it is
// done again when the source changes.
func (a App) build(ctx context.Context, c *dagger.Container, dirs []string) (*dagger.Container, error) {
	c, err := a.fromSource(ctx, c, append([]string{"sh", "-c", buildPackages, "build-packages"}, dirs...))
	if err != nil {
		return nil, err
	}
	return built(ctx, "installing the project", c, explainPip)
}

// fromSource runs a command that has packages of the repository built by their own
// backends, with the caller's secrets and the project's version.
func (a App) fromSource(ctx context.Context, c *dagger.Container, command []string) (*dagger.Container, error) {
	secrets, err := ReadSecrets(ctx, "--install-secrets", a.Secrets)
	if err != nil {
		return nil, err
	}
	version := first(a.Version, "0.0.0")
	return c.
		With(secrets.With).
		With(func(c *dagger.Container) *dagger.Container {
			for _, name := range versionVariables {
				c = c.WithEnvVariable(name, version)
			}
			c = c.WithExec(command)
			for _, name := range versionVariables {
				c = c.WithoutEnvVariable(name)
			}
			return c
		}).
		With(secrets.Without), nil
}

// versionVariables tell the tools that take a version from git which it is.
var versionVariables = []string{"SETUPTOOLS_SCM_PRETEND_VERSION", "POETRY_DYNAMIC_VERSIONING_BYPASS", "UV_DYNAMIC_VERSIONING_BYPASS", "PDM_BUILD_SCM_VERSION"}
