package images

import (
	"context"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Paths in the app container.
const (
	Workdir    = "/app"
	virtualenv = "/opt/venv"
	toolsHome  = "/opt/python-tools" // the package manager, in an environment of its own
)

// App is the container that tests and packages the project: python, its package
// manager and the project's dependencies, not its source.
type App struct {
	// Source is the repository, Path the project's directory in it.
	Source *dagger.Directory
	Path   string
	// Base, Poetry and UV are what the caller names; "" is found out.
	Base, Poetry, UV string
	// Version is the version of a project that takes it from git, "" for none.
	Version string
	// Secrets are variables for installing packages, NAME=value lines, or nil.
	Secrets *dagger.Secret
	// SSH is for packages of git servers that are reached so.
	SSH SSH
	// Tokens logs in to indexes of AWS CodeArtifact; nil does not.
	Tokens   IndexTokens
	Registry Store
}

// installer brings a package manager and installs what a lock file names.
type installer struct {
	// manager is a pip requirement for each tool, such as poetry==2.2.1.
	manager []string
	// script installs; it runs in the project's directory, beside files.
	script    string
	arguments []string
	// files are what the script reads, by their paths in the container.
	files map[string]string
	// archives are packages that are files of the repository, by the same paths.
	archives map[string]*dagger.File
	// week is the one in which versions were chosen, "" where the files fix them: an image
	// in the registry is not used for longer.
	week    string
	explain func(output string) string
	// overSSH is the first address that git reaches over SSH, "" for none.
	overSSH string
}

// Image is pulled from the registry if it is there, else built. Layers, from
// the one that changes least: base image, system packages, package manager,
// dependencies.
//
// No layer has a cache volume. Installing a package runs its author's code, and
// package managers trust what is in their caches.
func (a App) Image(ctx context.Context) (Image, error) {
	r, err := a.recipe(ctx)
	if err != nil {
		return Image{}, err
	}
	return a.Registry.image(ctx, "app", func() (string, error) { return a.tag(ctx, r) }, func() (*dagger.Container, error) { return a.built(ctx, r) })
}

// Content is the image's tag, whether the image exists or not: nothing is built or
// pulled for it.
func (a App) Content(ctx context.Context) (string, error) {
	r, err := a.recipe(ctx)
	if err != nil {
		return "", err
	}
	return a.tag(ctx, r)
}

// recipe is what the image is made of.
type recipe struct {
	base    *dagger.Container
	system  []string
	tools   []string
	install installer
	// asked is what the project asks of the base image's Python.
	asked []project.PythonAsked
}

func (a App) recipe(ctx context.Context) (recipe, error) {
	found, err := a.find(ctx)
	if err != nil {
		return recipe{}, err
	}
	install, err := a.installer(ctx, found)
	if err != nil {
		return recipe{}, err
	}
	name, err := a.base(found)
	if err != nil {
		return recipe{}, err
	}
	base, err := a.Registry.from(ctx, name)
	install = install.forSSH(found.lockName, a.SSH.Agent != nil)
	return recipe{base: base, system: found.Settings.SystemPackages, tools: appTools(install.files), install: install, asked: found.asked()}, err
}

// Made says what the image is made of, the base and the package managers: nothing is built or pulled for it.
func (a App) Made(ctx context.Context) (base string, managers []string, err error) {
	found, err := a.find(ctx)
	if err != nil {
		return "", nil, err
	}
	install, err := a.installer(ctx, found)
	if err != nil {
		return "", nil, err
	}
	base, err = a.base(found)
	return base, install.manager, err
}

func (a App) tag(ctx context.Context, r recipe) (string, error) {
	from, err := baseContent(ctx, r.base)
	if err != nil {
		return "", err
	}
	ingredients := []string{from, strings.Join(r.tools, "\n"), strings.Join(r.system, "\n"), installPackages, installManager, strings.Join(r.install.manager, "\n"),
		importFromSource, r.install.script, strings.Join(r.install.arguments, "\n"), a.workdir()}
	for _, asked := range r.asked {
		ingredients = append(ingredients, asked.Range)
	}
	if r.install.week != "" {
		ingredients = append(ingredients, r.install.week)
	}
	for _, file := range sortedKeys(r.install.files) {
		ingredients = append(ingredients, file, r.install.files[file])
	}
	archives := dag.Directory()
	for _, file := range sortedKeys(r.install.archives) {
		archives = archives.WithFile(file, r.install.archives[file])
	}
	if len(r.install.archives) > 0 {
		digest, err := archives.Digest(ctx)
		if err != nil {
			return "", err
		}
		ingredients = append(ingredients, digest)
	}
	return contentTag("app", ingredients...), nil
}

func (a App) built(ctx context.Context, r recipe) (*dagger.Container, error) {
	if err := checkPython(ctx, r.base, r.asked); err != nil {
		return nil, err
	}
	secrets, err := a.logins(ctx, r.install.files)
	if err != nil {
		return nil, err
	}
	c := r.base.
		WithUser("root"). // whichever the image names: packages are installed
		WithExec(r.tools).
		With(withSystemPackages(r.system)).
		WithEnvVariable("PYTHONDONTWRITEBYTECODE", "1").
		With(secrets.With).
		With(withManager(r.install.manager)).
		With(a.withDependencies(r.install)).
		With(secrets.Without)
	return built(ctx, "building the app container", c, r.explained(ctx, secrets))
}

func withSystemPackages(names []string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		if len(names) == 0 {
			return c
		}
		return c.WithExec(append([]string{"sh", "-c", installPackages, "install-packages"}, names...))
	}
}

// withManager installs package managers in an environment of their own, as
// wheels: none of them runs code of its own to be built.
func withManager(requirements []string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		c = c.WithExec([]string{"python3", "-m", "venv", virtualenv})
		if len(requirements) == 0 {
			return c
		}
		return c.WithExec(append([]string{"sh", "-c", installManager, "install-manager"}, requirements...))
	}
}

// withDependencies installs what is locked into a virtual environment that is
// first on PATH. It has a place for the project itself and for packages of the
// repository, which Installed fills: see there.
func (a App) withDependencies(install installer) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		c = c.
			WithExec([]string{"sh", "-c", importFromSource, "import-from-source"}).
			WithEnvVariable("VIRTUAL_ENV", virtualenv).
			WithEnvVariable("PATH", virtualenv+"/bin:${PATH}", dagger.ContainerWithEnvVariableOpts{Expand: true}).
			WithWorkdir(a.workdir())
		for _, file := range sortedKeys(install.files) {
			c = c.WithNewFile(file, install.files[file])
		}
		for _, file := range sortedKeys(install.archives) {
			c = c.WithFile(file, install.archives[file])
		}
		if install.overSSH == "" {
			return c.WithExec(install.command())
		}
		return c.With(a.SSH.With).WithExec(install.command()).With(a.SSH.Without)
	}
}

// command has the week in it: else an engine that is kept would give the last one's packages.
func (i installer) command() []string {
	return append([]string{"sh", "-c", i.script, strings.TrimSpace("install-dependencies " + i.week)}, i.arguments...)
}

// workdir is the project's directory in the container.
func (a App) workdir() string { return path.Join(Workdir, a.Path) }

// installer is that of the lock file that the project has.
func (a App) installer(ctx context.Context, f found) (installer, error) {
	switch f.lockName {
	case "poetry.lock":
		return a.poetry(ctx, f)
	case "uv.lock":
		return a.uv(ctx, f)
	}
	if err := checkUnlocked(f); err != nil {
		return installer{}, err
	}
	switch f.lockName {
	case "pylock.toml":
		return a.pylock(ctx, f)
	case pipfileLock:
		return a.pipenv(ctx, f)
	}
	return a.pip(ctx, f)
}

func first(texts ...string) string { return project.First(texts...) }
