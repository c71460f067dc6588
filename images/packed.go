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
	packedHome         = "/opt/packed"
	PackedDependencies = packedHome + "/dependencies"
	PackedProject      = packedHome + "/project"
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
	manager, install, arguments, err := a.exporter(f)
	if err != nil {
		return nil, err
	}
	slices.Sort(backends)
	c := image.
		With(secrets.With).
		WithExec(append([]string{"sh", "-c", addTools, "add-tools"}, manager...)).
		WithExec(append([]string{"sh", "-c", fetchBackends, "fetch-backends"}, slices.Compact(backends)...)).
		WithWorkdir(path.Join(Workdir, f.lockDir)).
		WithEnvVariable("PACKED_FOR", fmt.Sprintf("--python-version 3.%d --python-platform %s", target.Python, target.Wheels())).
		WithExec(append([]string{"sh", "-c", install, "install-packed"}, arguments...)).
		With(secrets.Without)
	return built(ctx, fmt.Sprintf("packing for Lambda (%s)", target), c, explainPacked(target))
}

// exporter is what has the packages of the main group installed, by the lock
// file that the project has.
func (a App) exporter(f found) (manager []string, install string, arguments []string, err error) {
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
		return append(manager, "poetry=="+version, "poetry-plugin-export=="+project.ExportPlugin(version)), installPackedBy("poetry"), arguments, err
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
		return manager, installPackedBy("uv"), arguments, err
	case "pylock.toml":
		return manager, installPackedBy("pylock"), nil, nil
	}
	return manager, installPackedBy("requirements"), nil, nil
}

// packedProject adds the packages of the repository.
func (a App) packedProject(ctx context.Context, c *dagger.Container, target project.Target, sources []string) (*dagger.Container, error) {
	if len(sources) == 0 {
		return c.WithExec([]string{"mkdir", "-p", PackedProject}), nil
	}
	c, err := a.fromSource(ctx, c, append([]string{"sh", "-c", packSources, "pack-sources"}, sources...))
	if err != nil {
		return nil, err
	}
	return built(ctx, fmt.Sprintf("packing for Lambda (%s)", target), c, explainPacked(target))
}

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
