package images

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// Places of the service in its image and where that is made.
const (
	serviceHome    = "/opt/service"
	servedProject  = packedHome + "/service"
	serviceUser    = "10001:10001"
	serviceDoing   = "building the image of the service"
	serviceNeedsIt = "say what the image runs, with entrypoint in " + ServiceTable
)

// ServiceTable is where a project asks for an image of its service.
const ServiceTable = "[tool.pipeline.package.image]"

// notServed are parts of a project that is no package and not what it serves.
var notServed = []string{"tests", "test", "**/__pycache__", ".*"}

// Service is the image of the service: a base image with the locked main group and
// the project, without package managers, tests and root. Its tag is a hash of its
// contents, so editing a test does not change it; app is the image of the app
// container, in which it is made. No command of the project runs in it, so it may be
// for another architecture.
func (a App) Service(ctx context.Context, app Image, roots []string) (Image, error) {
	g, err := a.gather(ctx, project.ForPackage, roots)
	if err != nil {
		return Image{}, err
	}
	s := service{gathered: g, Image: *g.Settings.Package.Image}
	if s.Entrypoint, err = a.entrypoint(ctx, g, s.Entrypoint); err != nil {
		return Image{}, err
	}
	if s.installFor, err = s.wheels(ctx, a.Registry.Platform); err != nil {
		return Image{}, err
	}
	name, err := a.base(g.found)
	if err != nil {
		return Image{}, err
	}
	base, err := a.serviceBase(ctx, first(s.Base, name))
	if err != nil {
		return Image{}, err
	}
	manager, lock, arguments, err := a.exporter(ctx, g.found)
	if err != nil {
		return Image{}, err
	}
	secrets, err := a.logins(ctx, g.texts())
	if err != nil {
		return Image{}, err
	}
	tools := app.Container.With(secrets.With).With(g.withTools(manager)).WithEnvVariable("SERVED_FOR", s.installFor)
	source := tools.WithDirectory(Workdir, g.inputs).With(a.withLinksFollowed(slices.Concat(g.packages, g.plainDirs())))
	s.inputs = source.Directory(Workdir)
	laid, err := a.fromSource(ctx, source, append([]string{"sh", "-c", serveSources, "serve-sources"}, g.packages...))
	if err != nil {
		return Image{}, err
	}
	if laid, err = built(ctx, serviceDoing, laid.With(secrets.Without), explainUV); err != nil {
		return Image{}, err
	}
	s.project = laid.Directory(servedProject)
	if s.files, err = s.ownFiles(ctx, path.Clean(a.Path)); err != nil {
		return Image{}, err
	}
	tag := func() (string, error) {
		from, err := baseContent(ctx, base)
		if err != nil {
			return "", err
		}
		ingredients := append([]string{from, string(a.Registry.Platform), app.Tag, installServedBy(lock), strings.Join(append(manager, arguments...), "\n")}, s.config()...)
		for _, dir := range []*dagger.Directory{s.project, s.files} {
			digest, err := dir.Digest(ctx)
			if err != nil {
				return "", err
			}
			ingredients = append(ingredients, digest)
		}
		return contentTag("service", ingredients...), nil
	}
	return a.Registry.image(ctx, "service", tag, func() (*dagger.Container, error) {
		ssh, explain, err := a.sshOf(ctx, g.found, g.explained(packTable, explainUV))
		if err != nil {
			return nil, err
		}
		installed, err := built(ctx, serviceDoing, tools.
			With(ssh.With).
			WithExec(append([]string{"sh", "-c", installServedBy(lock), "install-served"}, arguments...)).
			With(ssh.Without).With(secrets.Without), explain)
		if err != nil {
			return nil, err
		}
		c := base.
			WithUser("root").
			With(withSystemPackages(g.Settings.SystemPackages)).
			WithDirectory(serviceHome, installed.Directory(serviceHome)).
			WithDirectory(serviceHome, s.project).
			WithDirectory(Workdir, s.files).
			WithWorkdir(a.workdir()).
			With(s.configured)
		if s.installFor == "" { // else nothing of it runs here
			if _, err := built(ctx, serviceDoing, c.WithExec([]string{serviceHome + "/bin/python", "-c", "pass"}), explainBase(first(s.Base, name))); err != nil {
				return nil, err
			}
		}
		return c, nil
	})
}

// service is what the image of one is made of.
type service struct {
	gathered
	project.Image
	// installFor are uv's flags for an architecture that is not the engine's.
	installFor string
	// project are its packages as they are installed, files those of what is none.
	project, files *dagger.Directory
}

// serviceBase pulls a base image for the platform that is asked for. One that is for
// another alone would be taken as it is.
func (a App) serviceBase(ctx context.Context, name string) (*dagger.Container, error) {
	base, err := a.Registry.from(ctx, name)
	if err != nil || a.Registry.Platform == "" {
		return base, err
	}
	has, err := base.Platform(ctx)
	if err == nil && !strings.HasPrefix(string(has), string(a.Registry.Platform)) {
		err = fmt.Errorf("%s: the base image %q is for %s alone, and architecture in %s asks for %s: name one that is for it, with base", serviceDoing, name, has, ServiceTable, a.Registry.Platform)
	}
	return base, err
}

// wheels are the flags for an image of another platform than the engine's: nothing
// can be built or run for that, so system packages are refused.
func (s service) wheels(ctx context.Context, platform dagger.Platform) (string, error) {
	here, err := dag.DefaultPlatform(ctx)
	if err != nil || platform == "" || platform == here {
		return "", err
	}
	if len(s.Settings.SystemPackages) > 0 {
		return "", fmt.Errorf("%s: system-packages cannot be installed for %s on an engine for %s: take a base image that has them, with base in %s, and leave them out", serviceDoing, platform, here, ServiceTable)
	}
	minor, err := s.Python(s.pythonVersion)
	target := project.Target{Python: minor, Architecture: s.Architecture, Platform: "manylinux_2_34"}
	return fmt.Sprintf("--python-version 3.%d --python-platform %s --only-binary :all:", minor, target.Wheels()), err
}

// ownFiles are the files of projects that are no packages, at their paths, and of a
// project that is one what its table names.
func (s service) ownFiles(ctx context.Context, projectDir string) (*dagger.Directory, error) {
	out := dag.Directory()
	for _, dir := range s.plain {
		out = out.WithDirectory(dir, s.inputs.Directory(dir), dagger.DirectoryWithDirectoryOpts{Exclude: notServed})
	}
	if slices.Contains(s.plain, projectDir) {
		return out, nil
	}
	for _, pattern := range s.Settings.Package.Files {
		named := s.inputs.Directory(projectDir).Filter(dagger.DirectoryFilterOpts{Include: []string{pattern}})
		found, err := named.Entries(ctx)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("%s: files in [tool.pipeline.package] names %q, and nothing in the project matches it: correct it", serviceDoing, pattern)
		}
		if err != nil {
			return nil, err
		}
		out = out.WithDirectory(projectDir, named)
	}
	return out, nil
}

// config is what the image's configuration adds to its tag, and what it is installed
// for where that is not what the app image is made for.
func (s service) config() []string {
	out := []string{strings.Join(s.Settings.SystemPackages, "\n"), strings.Join(s.Entrypoint, "\n"), strings.Join(s.Command, "\n"), strconv.Itoa(s.Port), s.User}
	for _, name := range sortedKeys(s.Variables) {
		out = append(out, name, s.Variables[name])
	}
	if s.installFor != "" {
		out = append(out, s.installFor)
	}
	return out
}

// configured sets what the image runs, and how.
func (s service) configured(c *dagger.Container) *dagger.Container {
	c = c.
		WithEnvVariable("PATH", serviceHome+"/bin:${PATH}", dagger.ContainerWithEnvVariableOpts{Expand: true}).
		WithEnvVariable("PYTHONUNBUFFERED", "1")
	for _, name := range sortedKeys(s.Variables) {
		c = c.WithEnvVariable(name, s.Variables[name])
	}
	if s.Port != 0 {
		c = c.WithExposedPort(s.Port)
	}
	c = c.WithUser(first(s.User, serviceUser)).WithEntrypoint(s.Entrypoint)
	if len(s.Command) > 0 {
		c = c.WithDefaultArgs(s.Command)
	}
	return c
}

// entrypoint is the one that the project names, or its only command.
func (a App) entrypoint(ctx context.Context, g gathered, named []string) ([]string, error) {
	if len(named) > 0 {
		return named, nil
	}
	d, err := a.distribution(ctx, path.Clean(a.Path), g.found)
	if err != nil {
		return nil, err
	}
	names := sortedKeys(d.EntryPoints["console_scripts"])
	switch {
	case len(g.packages) == 0 || len(names) == 0:
		return nil, errors.New(serviceDoing + ": the project has no console script: " + serviceNeedsIt)
	case len(names) > 1:
		return nil, fmt.Errorf("%s: the project has the console scripts %s: %s", serviceDoing, strings.Join(names, ", "), serviceNeedsIt)
	}
	return names, nil
}

// explainBase says of which image it is that the service's Python does not run there.
func explainBase(name string) func(string) string {
	return func(string) string {
		return fmt.Sprintf("its Python does not run in the base image %q: take one with the Python of the app container, at the same path, with base in %s", name, ServiceTable)
	}
}

// ServicePlatform is the platform of an architecture in the table's words, "" for
// the engine's.
func ServicePlatform(architecture string) dagger.Platform {
	return map[string]dagger.Platform{"x86_64": "linux/amd64", "arm64": "linux/arm64"}[architecture]
}
