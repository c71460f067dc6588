package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// packing is what python/pack.py is told.
type packing struct {
	// Name is the archive's path in the project.
	Name string `json:"name"`
	// Installed are directories with installed packages, Dirs those of projects
	// that are no packages, and Roots Terraform's root modules in them.
	Installed []string `json:"installed"`
	Dirs      []string `json:"dirs"`
	// Code are the directories in those whose modules are imported by their own names.
	Code  []string `json:"code"`
	Roots []string `json:"roots"`
	// Files are patterns of more files of the project.
	Files []string `json:"files"`
	// Handlers are texts of the root modules that may name a function of the project.
	Handlers     []string `json:"handlers"`
	Architecture string   `json:"architecture"`
	Upload       string   `json:"upload"`
}

// pack makes the Lambda package of a project that has no command to build one,
// or whose table says what function it is for.
func (r *Run) pack(ctx context.Context, settings project.Package) (Package, error) {
	name, err := packedName(settings)
	if err != nil {
		return Package{}, err
	}
	recipe, err := r.recipeToBuild(ctx)
	if err != nil {
		return Package{}, err
	}
	image, err := r.appImage(ctx)
	if err != nil {
		return Package{}, err
	}
	roots, err := r.allRoots(ctx)
	if err != nil {
		return Package{}, err
	}
	made, err := r.functionsOf(ctx)
	if err != nil {
		return Package{}, err
	}
	packed, err := recipe.Packed(ctx, image.Container, roots, made.Functions)
	if err != nil {
		return Package{}, err
	}
	if (settings.Lambda == project.Lambda{}) {
		tell.Line(fmt.Sprintf("the project has no command that builds: packing it for Lambda, for %s (lambda in [tool.pipeline.package] names another)", packed.Target))
	}
	if tested := packed.Tested; tested != 0 && tested != packed.Target.Python && settings.Lambda.Python == "" {
		tell.Line(fmt.Sprintf("the tests run on Python 3.%d, and the root modules' functions on 3.%d: python = \"3.%d\" in [tool.pipeline] has the tests run on that, too", tested, packed.Target.Python, packed.Target.Python))
	}
	if other := made.Other(packed.Target); other != "" {
		tell.Line(fmt.Sprintf("Warning: the package is made for %s, and functions of the root modules are for %s: give them the same, or the function's own with lambda in [tool.pipeline.package]", packed.Target, other))
	}
	told := packing{
		Name: name, Installed: []string{images.PackedDependencies, images.PackedProject}, Dirs: list(packed.Dirs), Code: packed.Code,
		Files: list(settings.Files), Architecture: packed.Target.Architecture, Upload: settings.Lambda.Upload,
	}
	if len(settings.Files) > 0 { // these are the project's own
		told.Dirs = slices.DeleteFunc(told.Dirs, func(dir string) bool { return dir == path.Join(images.Workdir, r.Settings.Project) })
	}
	for _, root := range roots {
		told.Roots = append(told.Roots, path.Join(images.Workdir, root))
	}
	told.Handlers = list(made.Handlers)
	c, err := packed.Container.
		WithWorkdir(path.Join(images.Workdir, r.Settings.Project)).
		With(spec{Pack: &told}.on).
		WithExec(runProject("pack")).
		Sync(ctx)
	var failed *dagger.ExecError
	if errors.As(err, &failed) {
		why := project.First(refusal(failed.Stderr), tell.Short(tell.LastLine(failed.Stderr, failed.Stdout)))
		return Package{}, tell.Failure(failed.ExitCode, failed.Cmd, "packing for Lambda: "+why)
	}
	if err != nil {
		return Package{}, err
	}
	return Package{Files: c.Directory(artifactsDir), Paths: []string{name}, ended: c.File(endedFile)}, nil
}

// packedName is where the package is to be, from the project's directory.
func packedName(settings project.Package) (string, error) {
	if settings.Command != "" {
		return "", errors.New("reading pyproject.toml: [tool.pipeline.package] has command and lambda: either the command packs, or the pipeline: take one out")
	}
	switch names := settings.Artifacts; {
	case len(names) == 0:
		return ArtifactName, nil
	case len(names) > 1 || strings.ContainsAny(names[0], "*?["):
		return "", fmt.Errorf("packing for Lambda: the package is one file, and artifacts in [tool.pipeline.package] is %q: name that file, or a command that builds them", strings.Join(names, ", "))
	}
	return placed(settings.Artifacts[0]), nil
}
