package images

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Paths in the app container.
const (
	Workdir    = "/app"
	virtualenv = "/opt/venv"
	poetryHome = "/opt/poetry"
)

// mirrorPluginVersion is of poetry-plugin-pypi-mirror, which lets poetry use any
// simple index.
const mirrorPluginVersion = "0.6.5"

// App is the container that tests and packages the project: python, poetry and
// the project's dependencies, not its source.
type App struct {
	Source        *dagger.Directory
	Base          string
	PoetryVersion string
	Registry      Registry
}

// Container is the image's.
func (a App) Container(ctx context.Context) (*dagger.Container, error) {
	image, err := a.Image(ctx)
	return image.Container, err
}

var appTools = installTools(tool{"make", "make", "make"}, tool{"zip", "zip", "zip"})

// Image is taken from the registry where that has it, else built. Layers, from
// the one that changes least: base image, tools, poetry in an environment of its
// own, dependencies.
func (a App) Image(ctx context.Context) (Image, error) {
	pyproject, err := read(ctx, a.Source, "pyproject.toml", noProject)
	if err != nil {
		return Image{}, err
	}
	lock, err := read(ctx, a.Source, "poetry.lock", "run `poetry lock` and commit the file")
	if err != nil {
		return Image{}, err
	}
	dependencies, err := project.DependencyProject(pyproject)
	if err != nil {
		return Image{}, err
	}
	base, err := a.Registry.from(ctx, a.Base)
	if err != nil {
		return Image{}, err
	}
	tag := func() (string, error) {
		from, err := baseContent(ctx, base)
		return contentTag("app", from, strings.Join(appTools, "\n"), a.PoetryVersion, mirrorPluginVersion,
			virtualenv, importFromSource, installDependencies, dependencies, lock), err
	}
	return a.Registry.image(ctx, "app", tag, func() (*dagger.Container, error) {
		c := base.
			WithExec(appTools).
			With(withPoetry(a.PoetryVersion)).
			With(withDependencies(dependencies, lock))
		return built(ctx, "building the app container", c, explainPoetry)
	})
}

// ReadProject reads the project that a directory is the root of.
func ReadProject(ctx context.Context, source *dagger.Directory) (project.Project, error) {
	pyproject, err := read(ctx, source, "pyproject.toml", noProject)
	if err != nil {
		return project.Project{}, err
	}
	return project.Parse(pyproject)
}

const noProject = "is this the root of a poetry project? name it with --source"

func read(ctx context.Context, source *dagger.Directory, name, hint string) (string, error) {
	ok, err := source.Exists(ctx, name)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("reading the source: no %s: %s", name, hint)
	}
	return source.File(name).Contents(ctx)
}

func withPoetry(version string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		return c.
			WithEnvVariable("PYTHONDONTWRITEBYTECODE", "1").
			WithMountedCache("/root/.cache/pip", dag.CacheVolume("pip")).
			WithExec([]string{"python3", "-m", "venv", poetryHome}).
			WithExec([]string{poetryHome + "/bin/pip", "install", "--quiet", "--disable-pip-version-check", "poetry==" + version, "poetry-plugin-pypi-mirror==" + mirrorPluginVersion}).
			WithExec([]string{"ln", "-sf", poetryHome + "/bin/poetry", "/usr/local/bin/poetry"}).
			WithoutMount("/root/.cache/pip")
	}
}

// withDependencies installs the locked dependencies of all groups into a
// virtual environment that is first on PATH. The project itself is not
// installed: a .pth file makes its modules importable from the source, at no
// cost when the source changes.
func withDependencies(pyproject, lock string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		return c.
			WithExec([]string{"python3", "-m", "venv", virtualenv}).
			WithExec([]string{"sh", "-c", importFromSource, "import-from-source", Workdir}).
			WithEnvVariable("VIRTUAL_ENV", virtualenv).
			WithEnvVariable("PATH", virtualenv+"/bin:${PATH}", dagger.ContainerWithEnvVariableOpts{Expand: true}).
			WithWorkdir(Workdir).
			WithNewFile("pyproject.toml", pyproject).
			WithNewFile("poetry.lock", lock).
			WithMountedCache("/root/.cache/pypoetry", dag.CacheVolume("pypoetry")).
			WithExec([]string{"sh", "-c", installDependencies, "install-dependencies"}).
			WithoutMount("/root/.cache/pypoetry")
	}
}

// importFromSource makes the modules in $1 and $1/src importable.
const importFromSource = `set -eu
packages=$(` + virtualenv + `/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$1" "$1/src" > "$packages/project.pth"`

// installDependencies makes poetry take packages from the index that pip is
// configured for in the image: one configuration serves both, and an index
// without PyPI's own JSON interface is enough. They are compiled to bytecode
// here, once: what runs on the container writes none.
const installDependencies = `set -eu
pip="` + poetryHome + `/bin/python -m pip"
: "${POETRY_PYPI_MIRROR_URL:=${PIP_INDEX_URL:-$($pip config get global.index-url 2>/dev/null || true)}}"
: "${POETRY_PYPI_MIRROR_URL:=$(` + poetryHome + `/bin/python -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)' 2>/dev/null || true)}"
export POETRY_PYPI_MIRROR_URL
exec poetry --no-interaction --no-ansi install --no-root --all-groups --compile`
