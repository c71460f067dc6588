package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/note"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// ArtifactName is the artifact of a project that does not name its own; if the build
// leaves none of that name, dist/*.zip are.
const ArtifactName = "artifact.zip"

// noArtifact stands for the artifact where a project has none.
const noArtifact = "/dev/null"

// Places in the app container, which python/artifacts.py and python/run.py know.
const (
	artifactsDir  = outDir + "/artifacts"
	artifactsList = commandHome + "/artifacts"
	endedFile     = commandHome + "/ended"
)

// Package is the result of a build.
type Package struct {
	// Files are the artifacts at their paths in the project, as placed writes them.
	Files *dagger.Directory
	// Paths are those paths; that of a directory ends with a slash.
	Paths []string
	// At is the project's path in the source.
	At string
	// ended says when it was built, in seconds; nil where it was not built here.
	ended *dagger.File
	// Unused reports that the project has none because nothing uses one.
	Unused bool
}

// Build builds the project's artifacts in the app container with the source. A
// project without a build command has none.
func Build(ctx context.Context, app *dagger.Container, settings project.Package) (Package, error) {
	name := settings.Command
	if name == "" {
		name = "make build"
	}
	c := app.
		With(spec{Command: settings.Command, Artifacts: settings.Artifacts}.on).
		WithExec(runProject("build"))
	c, err := done(ctx, c, strings.Fields(name), explainPackage)
	if err != nil {
		return Package{}, err
	}
	said, err := c.Stderr(ctx)
	if err != nil {
		return Package{}, err
	}
	if gitIsMissed.MatchString(said) {
		tell.Line("Warning: " + name + " called git, which has nothing to tell in the app container: what the package takes from it may be empty: give it in the command ([tool.pipeline.package] command = \"VERSION=1.2.3 make build\")")
	}
	list, err := c.File(artifactsList).Contents(ctx)
	return Package{Files: c.Directory(artifactsDir), Paths: strings.FieldsFunc(list, func(r rune) bool { return r == '\n' }), ended: c.File(endedFile)}, err
}

// Given is a package of one file that was built elsewhere.
func Given(file *dagger.File, settings project.Package) Package {
	name := ArtifactName
	if len(settings.Artifacts) == 1 && !strings.ContainsAny(settings.Artifacts[0], "*?[") {
		name = placed(settings.Artifacts[0])
	}
	return Package{Files: dag.Directory().WithFile(name, file), Paths: []string{name}}
}

// isThere refuses a project that has nothing but an image of its service.
func (p Package) isThere() error {
	if p.Files == nil {
		return errors.New("giving the artifact: the project builds none: " + images.ServiceTable + " asks for an image, which plan and deploy push: give it a command with command in [tool.pipeline.package], or lambda")
	}
	return nil
}

// File is the artifact of a package that has one.
func (p Package) File() (*dagger.File, error) {
	if err := p.isThere(); err != nil {
		return nil, err
	}
	if len(p.Paths) != 1 {
		return nil, fmt.Errorf("giving the artifact: the build leaves %d: %s: take them all with build-artifacts", len(p.Paths), strings.Join(p.Paths, ", "))
	}
	if isDirectory(p.Paths[0]) {
		return nil, fmt.Errorf("giving the artifact: the build leaves the directory %s: take it with build-artifacts", p.Paths[0])
	}
	return p.Files.File(p.Paths[0]), nil
}

// on puts the artifacts into the terraform container and tells the root module
// where the first is, and the plan's fingerprint where they all are.
func (p Package) on(c *dagger.Container) *dagger.Container {
	if p.Unused { // no file of its name, so that what names it after all fails
		return c.WithEnvVariable("TF_VAR_artifact", noArtifact).WithEnvVariable("PIPELINE_ARTIFACTS", noArtifact)
	}
	if p.Files == nil { // the configuration names the artifact also where none is deployed
		p = Given(dag.Directory().WithNewFile(ArtifactName, "").File(ArtifactName), project.Package{})
	}
	at := path.Join(images.Workdir, p.At)
	c = c.WithDirectory(at, p.Files, dagger.ContainerWithDirectoryOpts{Exclude: []string{outside}})
	paths := make([]string, len(p.Paths))
	for i, name := range p.Paths {
		paths[i] = path.Join(at, unplaced(name))
		switch {
		case !strings.HasPrefix(name, outside+"/"):
		case isDirectory(name):
			c = c.WithDirectory(paths[i], p.Files.Directory(name))
		default:
			c = c.WithFile(paths[i], p.Files.File(name))
		}
	}
	return c.
		WithEnvVariable("TF_VAR_artifact", paths[0]).
		WithEnvVariable("PIPELINE_ARTIFACTS", strings.Join(paths, "\n"))
}

// Sizes names each artifact with its size.
func (p Package) Sizes(ctx context.Context) (string, error) {
	all, err := p.sizes(ctx)
	if err != nil {
		return "", err
	}
	var sizes []string
	for _, a := range all {
		sizes = append(sizes, fmt.Sprintf("%s, %d kB", a.Name, (a.Bytes+999)/1000))
	}
	for _, name := range p.Paths {
		if isDirectory(name) {
			sizes = append(sizes, unplaced(name))
		}
	}
	return strings.Join(sizes, "; "), nil
}

// sizes are those of the files: of a directory there is none without reading all of it.
func (p Package) sizes(ctx context.Context) (out []note.Package, err error) {
	for _, name := range p.Paths {
		if isDirectory(name) {
			continue
		}
		size, err := p.Files.File(name).Size(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, note.Package{Name: unplaced(name), Bytes: size})
	}
	return out, nil
}
