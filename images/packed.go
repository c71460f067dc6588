package images

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Directories in the container of Packed.
const (
	packedHome         = "/opt/packed"
	PackedDependencies = packedHome + "/dependencies"
	PackedProject      = packedHome + "/project"
)

// Packed is a container with the contents of a Lambda package: the main group and the
// project, for a target that may differ from the container's own.
type Packed struct {
	Container *dagger.Container
	Target    project.Target
	// Tested is the minor version of Python 3 that the tests run on, 0 where it is not known.
	Tested int
	// Dirs are the directories of the source whose files are packed as they are, Code those
	// in them that have modules.
	Dirs, Code []string
}

// Packed installs the project and the packages of the repository from wheels that
// their own build backends make. Locked dependencies are installed before, in a layer
// that editing the source does not change; roots are Terraform's root modules, functions
// what they say of the package's.
func (a App) Packed(ctx context.Context, image *dagger.Container, roots []string, functions project.Functions) (Packed, error) {
	g, err := a.gather(ctx, project.ForPackage, roots)
	if err != nil {
		return Packed{}, err
	}
	out := Packed{}
	out.Dirs, out.Code = g.plainDirs(), g.Settings.Code()
	python, err := a.pythonOf(ctx, image, g.found)
	if err != nil {
		return out, err
	}
	if out.Target, err = g.LambdaTarget(python, functions); err != nil {
		return out, err
	}
	if minor, err := g.Python(python); err == nil {
		out.Tested = minor
	}
	c, err := a.packedDependencies(ctx, image, g, out.Target)
	if err != nil {
		return out, err
	}
	out.Container, err = a.packedProject(ctx, c.WithDirectory(Workdir, g.inputs).With(a.withLinksFollowed(g.packages)), out.Target, g.packages)
	return out, err
}

// pythonOf is the version of Python that .python-version asks for, or else that of
// an image that was named: what was tested on it is packed for it.
func (a App) pythonOf(ctx context.Context, image *dagger.Container, f found) (string, error) {
	if strings.TrimSpace(f.pythonVersion) != "" || first(a.Base, f.Settings.PythonImage) == "" {
		return f.pythonVersion, nil
	}
	return image.WithExec([]string{"python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"}).Stdout(ctx)
}

// packedDependencies is the layer that only the lock file and the target change.
func (a App) packedDependencies(ctx context.Context, image *dagger.Container, g gathered, target project.Target) (*dagger.Container, error) {
	secrets, err := a.logins(ctx, g.texts())
	if err != nil {
		return nil, err
	}
	manager, lock, arguments, err := a.exporter(ctx, g.found)
	if err != nil {
		return nil, err
	}
	ssh, explain, err := a.sshOf(ctx, g.found, g.explained(packTable, explainPacked(target)))
	if err != nil {
		return nil, err
	}
	c := image.
		With(secrets.With).
		With(g.withTools(manager)).
		WithEnvVariable("PACKED_FOR", fmt.Sprintf("--python-version 3.%d --python-platform %s", target.Python, target.Wheels())).
		With(ssh.With).
		WithExec(append([]string{"sh", "-c", installPackedBy(lock), "install-packed"}, arguments...)).
		With(ssh.Without).
		With(secrets.Without)
	return built(ctx, fmt.Sprintf("packing for Lambda (%s)", target), c, explain)
}

// exporter is what has the packages of the main group installed, by the lock
// file that the project has.
func (a App) exporter(ctx context.Context, f found) (manager []string, lock string, arguments []string, err error) {
	for _, extra := range f.Settings.Package.Extras {
		arguments = append(arguments, "--extra="+extra)
	}
	uv, err := a.uvManager(ctx, f)
	if err != nil {
		return nil, "", nil, err
	}
	manager = []string{uv}
	switch f.lockName {
	case "poetry.lock":
		version, err := a.poetryVersion(f)
		for i, extra := range f.Settings.Package.Extras {
			arguments[i] = "--extras=" + extra
		}
		return append(manager, "poetry=="+version, "poetry-plugin-export=="+project.ExportPlugin(version)), "poetry", arguments, err
	case "uv.lock":
		u, err := a.uvProject(ctx, f)
		for _, local := range u.locals {
			if !local.File {
				arguments = append(arguments, "--no-emit-package="+local.Name)
			}
		}
		if f.Name != "" {
			arguments = append(arguments, "--package="+f.Name)
		}
		arguments = append(arguments, u.check)
		return manager, "uv", arguments, err
	case "pylock.toml":
		return manager, "pylock", nil, warnOfDevelopment(f)
	}
	if len(f.Settings.Package.Extras) > 0 {
		return nil, "", nil, fmt.Errorf("reading pyproject.toml: extras in [tool.pipeline.package] are not known to %s: list in it what they require", f.lockName)
	}
	if f.lockName == pipfileLock {
		arguments = []string{pipfileDefault}
		if f.pipfile.DefaultCloned != "" {
			arguments = append(arguments, pipfileCloned)
		}
		return manager, "requirements", arguments, nil
	}
	arguments = []string{f.lockName}
	more, err := a.unnamed(ctx, f)
	if more != "" {
		arguments = append(arguments, projectRequirements)
	}
	return manager, "requirements", arguments, err
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
	notBuilt  = regexp.MustCompile("Failed to (?:download and )?build `([^`]+)`")
	noWheelOf = regexp.MustCompile(`(\S+==\S+) has no (?:usable )?wheels`)
)

// explainPacked names what has no wheel for the target.
func explainPacked(target project.Target) func(output string) string {
	return func(output string) string {
		name := noWheel.FindStringSubmatch(output)
		if source := notBuilt.FindStringSubmatch(output); source != nil {
			name = source
		} else if pinned := noWheelOf.FindStringSubmatch(output); pinned != nil {
			name = []string{"", pinned[1]}
		}
		if name != nil {
			return fmt.Sprintf("%s has no wheel for %s (%s): take a version that has one, or build the package with a command of your own in [tool.pipeline.package]", first(name[1:]...), target, target.Wheels())
		}
		return explainUV(output)
	}
}
