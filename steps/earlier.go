package steps

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/registry"
	"dagger/pipeline/results"
	"dagger/pipeline/tell"
)

// steps are the code of this package: it decides of what a step does.
//
//go:embed *.go
var steps embed.FS

// program is a hash of all code that results depend on.
var program = results.Program(append([]fs.FS{steps, python, project.Sources}, images.Program()...)...)

// earlier is the result of a step in the registry, as far as it is there. The zero
// value is that of a step whose result is not kept.
type earlier struct {
	store  images.Store
	key    string
	maxAge time.Duration
	found  bool
	at     registry.Lookup
	record results.Record
}

// testResult looks for a result of the tests. Another attempt asks for a run, and
// what depends on a secret is nobody else's.
func (r *Run) testResult(ctx context.Context, t Test) (earlier, error) {
	if t.Attempt != "" || r.TestSecrets != nil {
		return earlier{}, nil
	}
	var services []string
	for _, s := range t.Services {
		services = append(services, s.Key)
	}
	return r.result(ctx, r.toTest, results.Inputs{Step: results.TestStep, Settings: t.Settings, Services: services})
}

// packageResult looks for a package. One that the pipeline packs depends on what Terraform
// says of its functions, too.
func (r *Run) packageResult(ctx context.Context, settings project.Package) (earlier, error) {
	builds, err := r.mayBuild(ctx)
	made := functions{}
	if packs := (settings.Lambda != project.Lambda{}) || settings.Command == "" && !builds; err == nil && packs && r.address() != "" {
		made, err = r.functionsOf(ctx)
	}
	if err != nil {
		return earlier{}, err
	}
	return r.result(ctx, r.toBuild, packageInputs(settings, made))
}

func packageInputs(settings project.Package, made functions) results.Inputs {
	return results.Inputs{Step: results.PackageStep, Settings: struct {
		Package   project.Package
		Functions functions
	}{settings, made}}
}

// result looks for the result of a step with some inputs, and adds those that all
// steps have. Neither the app image is pulled for it, nor anything run.
func (r *Run) result(ctx context.Context, f *forStep, in results.Inputs) (earlier, error) {
	maxAge, err := results.ParseMaxAge(text(r.ResultsMaxAge))
	if err != nil || maxAge == 0 || r.InstallSecrets != nil {
		return earlier{}, err
	}
	store, err := r.pullFrom(ctx)
	if err != nil || !store.Given() {
		return earlier{}, err
	}
	common, err := r.inputs(ctx, f)
	if err != nil {
		return earlier{}, err
	}
	common.Step, common.Settings, common.Services = in.Step, in.Settings, in.Services
	out := earlier{store: store, key: common.Key(), maxAge: maxAge}
	out.at, out.found, err = store.FindResult(ctx, out.key, func(labels map[string]string) (err error) {
		out.record, err = results.Read(labels, out.key, time.Now(), maxAge)
		return err
	})
	return out, err
}

// inputs are what a result depends on whatever the step is.
func (r *Run) inputs(ctx context.Context, f *forStep) (results.Inputs, error) {
	return f.inputs.get(func() (results.Inputs, error) {
		recipe, err := f.recipe(ctx)
		if err != nil {
			return results.Inputs{}, err
		}
		out := results.Inputs{
			Project: r.Settings.Project, Program: program,
			Versions: []string{recipe.Version, r.PoetryVersion, r.UvVersion},
		}
		prepared, err := r.prepared(ctx, f)
		if err != nil {
			return out, err
		}
		if out.Roots, err = r.allRoots(ctx); err != nil {
			return out, err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() (err error) { out.Image, err = recipe.Content(ctx); return })
		group.Go(func() (err error) { out.Python, err = recipe.AskedPython(ctx); return })
		group.Go(func() (err error) { out.Files, err = prepared.Digests(ctx); return })
		return out, group.Wait()
	})
}

// said tells where a result is from, and how old it is.
func (e earlier) said() string {
	step, _, _ := strings.Cut(e.key, "-")
	what := map[string]string{results.TestStep: "the tests passed", results.PackageStep: "the package was built"}[step]
	return fmt.Sprintf("%s %s ago, see %s: not run again (--results-max-age 0 runs it)", what, results.Age(time.Since(e.record.Made)), e.at.Pinned())
}

// files are those of a result below a directory. Where they cannot be had the
// result counts for none, and a line says why.
func (e earlier) files(ctx context.Context, dir string, paths ...string) *dagger.Directory {
	if !e.found {
		return nil
	}
	root, err := e.store.ResultFiles(ctx, e.at)
	if err == nil {
		root, err = root.Directory(dir).Sync(ctx)
	}
	for _, name := range paths {
		var ok bool
		if err == nil {
			kind := dagger.ExistsTypeRegularType
			if isDirectory(name) {
				kind = dagger.ExistsTypeDirectoryType
			}
			if ok, err = root.Exists(ctx, name, dagger.DirectoryExistsOpts{ExpectedType: kind}); err == nil && !ok {
				err = fmt.Errorf("it has no %q", name)
			}
		}
	}
	if err != nil {
		tell.Line(fmt.Sprintf("%s: not used: %s, running", e.at.Pinned(), oneLine(err.Error())))
		return nil
	}
	tell.Line(e.said())
	return root
}

// asPackage is the package of a result.
func (e earlier) asPackage(ctx context.Context) (Package, bool) {
	if e.found && len(e.record.Paths) == 0 {
		tell.Line(e.at.Pinned() + ": not used: it has no artifact, running")
		return Package{}, false
	}
	files := e.files(ctx, artifactsDir, e.record.Paths...)
	return Package{Files: files, Paths: slices.Clone(e.record.Paths)}, files != nil
}
