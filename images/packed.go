package images

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Directories in the container of Packed.
const (
	PackedDependencies = "/opt/packed/dependencies"
	PackedProject      = "/opt/packed/project"
	packingCache       = "/opt/packed/cache" // of this container alone: what build backends need
	packedWheels       = "/tmp/wheels"
)

// Packed is a container with what a Lambda package has: the main group and the
// project, for a target that need not be the container's own.
type Packed struct {
	Container *dagger.Container
	Target    project.Target
	// Dirs are the directories of the source whose files are packed as they are.
	Dirs []string
}

// Packed installs the project and the packages of the repository from wheels that
// their own build backends make. What is locked is installed before, in a layer
// that an edit of the source leaves as it is; roots are Terraform's root modules.
func (a App) Packed(ctx context.Context, image *dagger.Container, roots []string) (Packed, error) {
	f, err := a.find(ctx)
	if err != nil {
		return Packed{}, err
	}
	out := Packed{}
	if out.Target, err = f.LambdaTarget(f.pythonVersion); err != nil {
		return out, err
	}
	dirs, err := a.localDirs(ctx, f)
	if err != nil {
		return out, err
	}
	var backends, sources []string
	for _, dir := range dirs {
		d, err := a.distribution(ctx, dir, f)
		if err != nil {
			return out, err
		}
		if !d.Installed && !d.Build {
			out.Dirs = append(out.Dirs, path.Join(Workdir, dir))
			continue
		}
		sources = append(sources, path.Join(Workdir, dir))
		if len(d.Backend) == 0 {
			d.Backend = []string{"setuptools>=40.8.0"} // as PEP 517 has it
		}
		backends = append(backends, d.Backend...)
	}
	c, err := a.packedDependencies(ctx, image, f, out.Target, backends)
	if err != nil {
		return out, err
	}
	inputs, err := a.Inputs(ctx, dirs, roots)
	if err != nil {
		return out, err
	}
	out.Container, err = a.packedProject(ctx, c.WithDirectory(Workdir, inputs), out.Target, sources)
	return out, err
}

// packedDependencies is the layer that only the lock file and the target change.
func (a App) packedDependencies(ctx context.Context, image *dagger.Container, f found, target project.Target, backends []string) (*dagger.Container, error) {
	secrets, err := a.logins(ctx, map[string]string{"lock": f.lock, "pyproject": f.pyproject})
	if err != nil {
		return nil, err
	}
	manager, script, arguments, err := a.exporter(f)
	if err != nil {
		return nil, err
	}
	slices.Sort(backends)
	c := image.
		With(secrets.With).
		WithExec(append([]string{"sh", "-c", addTools, "add-tools"}, manager...)).
		WithExec(append([]string{"sh", "-c", uvEnvironment + fetchBackends, "fetch-backends"}, slices.Compact(backends)...)).
		WithWorkdir(path.Join(Workdir, f.lockDir)).
		WithEnvVariable("PACKED_FOR", fmt.Sprintf("--python-version 3.%d --python-platform %s", target.Python, target.Wheels())).
		WithExec(append([]string{"sh", "-c", uvEnvironment + installPacked + script, "install-packed"}, arguments...)).
		With(secrets.Without)
	return built(ctx, fmt.Sprintf("packing for Lambda (%s)", target), c, explainPacked(target))
}

// exporter is what has the packages of the main group installed, by the lock
// file that the project has.
func (a App) exporter(f found) (manager []string, script string, arguments []string, err error) {
	for _, extra := range f.Settings.Package.Extras {
		arguments = append(arguments, "--extra="+extra)
	}
	manager = []string{"uv==" + first(a.UV, f.Settings.UV, defaultUV)}
	switch f.lockName {
	case "poetry.lock":
		version := a.Poetry
		if version == "" {
			version, err = f.PoetryVersion(f.lock)
		}
		for i, extra := range f.Settings.Package.Extras {
			arguments[i] = "--extras=" + extra
		}
		return append(manager, "poetry=="+version, "poetry-plugin-export=="+project.ExportPlugin(version)), exportPoetry, arguments, err
	case "uv.lock":
		locals, err := project.LocalPackages(f.lock)
		for _, local := range locals {
			if !local.File {
				arguments = append(arguments, "--no-emit-package="+local.Name)
			}
		}
		if f.Name != "" {
			arguments = append(arguments, "--package="+f.Name)
		}
		return manager, exportUV, arguments, err
	case "pylock.toml":
		return manager, "install --no-deps --preview-features pylock --requirements pylock.toml", nil, nil
	}
	return manager, "install --requirements requirements.txt", nil, nil
}

// addTools adds to the environment of the package manager.
const addTools = `set -eu
[ -x ` + toolsHome + `/bin/pip ] || python3 -m venv ` + toolsHome + `
` + toolsHome + `/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: "$@"
ln -sf ` + toolsHome + `/bin/uv /usr/local/bin/uv`

// fetchBackends keeps what build backends need, so that they are not fetched for
// each edit of the source.
const fetchBackends = `[ $# -gt 0 ] || exit 0
unset UV_NO_CACHE
UV_CACHE_DIR=` + packingCache + ` uv pip install --quiet --target /tmp/backends "$@"
rm -rf /tmp/backends`

// installPacked takes wheels alone: nothing is built for another machine.
const installPacked = `mkdir -p ` + PackedDependencies + `
unset UV_COMPILE_BYTECODE
install() { uv pip install --quiet $PACKED_FOR --only-binary :all: --target ` + PackedDependencies + ` "$@"; }
`

// exportPoetry hands over what it exports without a file: it may hold logins.
const exportPoetry = `: "${POETRY_PYPI_MIRROR_URL:=${UV_DEFAULT_INDEX:-}}"
export POETRY_PYPI_MIRROR_URL
locked=$(poetry --no-interaction --no-ansi export --format=requirements.txt --with-credentials "$@")
locked=$(printf '%s\n' "$locked" | while IFS= read -r line; do
  case $line in
    *file://*.whl* | *file://*.tar.gz* | *file://*.zip*) ;;
    *file://*) continue ;; # a package of the repository: it is packed with the source
  esac
  printf '%s\n' "$line"
done)
[ -z "$locked" ] || printf '%s\n' "$locked" | install --no-deps --requirements -`

const exportUV = `uv export --quiet --locked --no-default-groups --no-emit-project --no-emit-workspace --format=pylock.toml --output-file=pylock.packed.toml "$@"
install --no-deps --preview-features pylock --requirements pylock.packed.toml
rm pylock.packed.toml`

// packedProject adds the packages of the repository.
func (a App) packedProject(ctx context.Context, c *dagger.Container, target project.Target, sources []string) (*dagger.Container, error) {
	if len(sources) == 0 {
		return c.WithExec([]string{"mkdir", "-p", PackedProject}), nil
	}
	secrets, err := ReadSecrets(ctx, "--install-secrets", a.Secrets)
	if err != nil {
		return nil, err
	}
	version := first(a.Version, "0.0.0")
	c = c.
		With(secrets.With).
		WithEnvVariable("SETUPTOOLS_SCM_PRETEND_VERSION", version).
		WithEnvVariable("POETRY_DYNAMIC_VERSIONING_BYPASS", version).
		WithExec(append([]string{"sh", "-c", uvEnvironment + packSources, "pack-sources"}, sources...)).
		With(secrets.Without)
	return built(ctx, fmt.Sprintf("packing for Lambda (%s)", target), c, explainPacked(target))
}

const packSources = `unset UV_COMPILE_BYTECODE UV_NO_CACHE
export UV_CACHE_DIR=` + packingCache + `
for dir in "$@"; do uv build --quiet --wheel --out-dir ` + packedWheels + ` "$dir"; done
uv pip install --quiet $PACKED_FOR --no-deps --target ` + PackedProject + ` ` + packedWheels + `/*.whl`

var (
	noWheel   = regexp.MustCompile("Wheels are required for `([^`]+)`|Package `([^`]+)` can't be installed because it is marked as `--no-build`")
	noWheelOf = regexp.MustCompile(`(\S+==\S+) has no (?:usable )?wheels`)
)

// explainPacked names what has no wheel for the target.
func explainPacked(target project.Target) func(output string) string {
	return func(output string) string {
		name := noWheel.FindStringSubmatch(output)
		if pinned := noWheelOf.FindStringSubmatch(output); pinned != nil {
			name = []string{"", pinned[1]}
		}
		if name != nil {
			return fmt.Sprintf("%s has no wheel for %s (%s): take a version that has one, or build the package with a command of your own in [tool.pipeline.package]", first(name[1:]...), target, target.Wheels())
		}
		return explainUV(output)
	}
}
