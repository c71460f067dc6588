package images

import (
	"context"
	"path"

	"dagger/pipeline/internal/dagger"
)

// Ready is the app container with all that tests and package depend on.
type Ready struct {
	Container *dagger.Container
	// Source is the project's directory, as it is in the container.
	Source *dagger.Directory
	// Lock is the text of the project's lock file.
	Lock string
}

// Ready puts the source into the image, installs the project and leaves out what
// tests and package do not read; roots are Terraform's root modules.
func (a App) Ready(ctx context.Context, image *dagger.Container, roots []string) (Ready, error) {
	installed, err := a.Installed(ctx, image)
	if err != nil {
		return Ready{}, err
	}
	inputs, err := a.Inputs(ctx, installed.Dirs, roots)
	if err != nil {
		return Ready{}, err
	}
	c := installed.Container.With(withWhatIsInstalled).WithDirectory(Workdir, inputs)
	if len(installed.Build) > 0 {
		if c, err = a.build(ctx, c, installed.Build); err != nil {
			return Ready{}, err
		}
	}
	return Ready{Container: c, Source: inputs.Directory(path.Clean(a.Path)), Lock: installed.Lock}, nil
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
