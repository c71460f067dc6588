package steps

import (
	"context"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// toDeploy is what the project's build leaves, or nothing where that would be packed
// for Lambda and no root module has a use for it: those that pack the source by
// themselves, or that have no function, need no lock file either.
func (r *Run) toDeploy(ctx context.Context, roots Roots) (Package, error) {
	takes, err := r.takesPackage(ctx, roots)
	if err != nil {
		return Package{}, err
	}
	if !takes {
		tell.Line(`nothing is packed: the project has no command that builds, and its root modules declare no variable "artifact" and name no ` + ArtifactName)
		return Package{Unused: true}, nil
	}
	return r.build(ctx)
}

func (r *Run) takesPackage(ctx context.Context, roots Roots) (bool, error) {
	read, err := r.Project(ctx)
	if err != nil {
		return false, err
	}
	if !reflect.ValueOf(read.Settings.Package).IsZero() || slices.ContainsFunc(roots, func(w Workspace) bool { return takesArtifact(w.Module, w.Settings.Variables) }) {
		return true, nil
	}
	for _, w := range roots {
		for _, name := range w.Settings.VariableFiles.For(w.Environment) {
			text, err := w.Source.File(path.Join(w.Infra, name)).Contents(ctx)
			if err != nil || strings.Contains(text, ArtifactName) {
				return true, nil // the plan says that it is not there
			}
		}
	}
	if own, err := roots[0].owns(ctx, applyScript); err != nil || own {
		return own, err
	}
	return r.mayBuild(ctx)
}

// takesArtifact tells whether a root module may have a use for a package of which the
// table says nothing: by its variable, its default name, or as one of all zip files.
func takesArtifact(m rootmodule.Module, values map[string]string) bool {
	artifact, declared := m.Variables["artifact"]
	return declared && artifact.Type == "" || m.Says(ArtifactName) || m.Says("*.zip") ||
		slices.ContainsFunc(slices.Collect(maps.Values(values)), func(value string) bool { return strings.Contains(value, ArtifactName) })
}

// onlyImage tells whether the image of the service is all that the project deploys: its
// table asks for nothing else, and its root modules take no artifact. A target build of
// its Makefile makes that image then, with a docker that is not here.
func (r *Run) onlyImage(ctx context.Context) (bool, error) {
	read, err := r.Project(ctx)
	if err != nil || !read.Settings.Package.ImageAlone() {
		return false, err
	}
	roots, err := r.rootsThere(ctx)
	if err != nil {
		return false, err
	}
	for _, root := range roots {
		m, err := images.ReadRoot(ctx, r.Source, root)
		if err != nil || takesArtifact(m, read.Settings.Terraform.Variables) {
			return false, err
		}
	}
	makes, err := r.mayBuild(ctx)
	if makes {
		tell.Once("make build is not run: " + images.ServiceTable + ` asks for an image, and no root module takes an artifact: command = "make build" in [tool.pipeline.package] runs it`)
	}
	return err == nil, err
}

var (
	buildTarget = regexp.MustCompile(`^[^\t#=:]*\bbuild(\s[^=:]*)?:([^=]|$)`)
	otherTarget = regexp.MustCompile(`^\s*-?s?include\b|^[^\t#=:]*[%$][^=:]*:([^=]|$)`)
)

// mayBuild tells whether make may know the target build: one whose name only make
// can tell counts, and what another file has.
func (r *Run) mayBuild(ctx context.Context) (bool, error) {
	for _, name := range []string{"GNUmakefile", "makefile", "Makefile"} {
		name = path.Join(r.Settings.Project, name)
		if there, err := r.Source.Exists(ctx, name); err != nil {
			return false, err
		} else if there {
			text, err := r.Source.File(name).Contents(ctx)
			return mayBuild(text), err // make reads the first of them alone
		}
	}
	return false, nil
}

func mayBuild(makefile string) bool {
	for line := range strings.Lines(makefile) {
		if buildTarget.MatchString(line) && !strings.HasPrefix(line, ".PHONY") || otherTarget.MatchString(line) {
			return true
		}
	}
	return false
}
