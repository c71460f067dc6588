package steps

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/results"
	"dagger/pipeline/trust"
)

// forStep is the project as a step has it: tests and build may know different
// versions of it.
type forStep struct {
	recipe  func(context.Context) (images.App, error)
	prepare once[images.Prepared]
	ready   once[*dagger.Container]
	inputs  once[results.Inputs]
}

// prepared is what the step has of the source.
func (r *Run) prepared(ctx context.Context, f *forStep) (images.Prepared, error) {
	return f.prepare.get(func() (images.Prepared, error) {
		recipe, err := f.recipe(ctx)
		if err != nil {
			return images.Prepared{}, err
		}
		roots, err := r.allRoots(ctx)
		if err != nil {
			return images.Prepared{}, err
		}
		return recipe.Prepare(ctx, roots)
	})
}

// readyApp is the app container with the project in it.
func (r *Run) readyApp(ctx context.Context, f *forStep) (*dagger.Container, error) {
	return f.ready.get(func() (*dagger.Container, error) {
		image, err := r.appImage(ctx)
		if err != nil {
			return nil, err
		}
		recipe, err := f.recipe(ctx)
		if err != nil {
			return nil, err
		}
		prepared, err := r.prepared(ctx, f)
		if err != nil {
			return nil, err
		}
		return recipe.Ready(ctx, image.Container, prepared)
	})
}

// tests are the project's; another attempt runs them again. They have no container
// yet: where their result is known, none is needed.
func (r *Run) tests(ctx context.Context, attempt string) (Test, error) {
	read, err := r.Project(ctx)
	if err != nil {
		return Test{}, err
	}
	level, err := r.level()
	if err != nil {
		return Test{}, err
	}
	secrets, err := images.ReadSecrets(ctx, "--test-secrets", r.TestSecrets)
	if err != nil {
		return Test{}, err
	}
	services, err := r.services(ctx, read.Settings.Test.Services, secrets)
	return Test{
		Settings: read.Settings.Test, Secrets: secrets, Services: services,
		Project: read.Name, Trust: level, Attempt: attempt, Seen: r.seen, Install: read.Install,
	}, err
}

// Test runs the project's tests, or returns the result of an earlier run that passed
// with the same inputs.
func (r *Run) Test(ctx context.Context, attempt string) (string, error) {
	t, err := r.tests(ctx, attempt)
	if err != nil {
		return "", err
	}
	earlier, err := r.testResult(ctx, t)
	if err != nil {
		return "", err
	}
	if earlier.found && r.noted(ctx, earlier) {
		return earlier.said() + "\n" + earlier.record.Summary, nil
	}
	if t.App, err = r.readyApp(ctx, r.toTest); err != nil {
		return "", err
	}
	passed, err := t.Run(ctx)
	if err != nil {
		return "", err
	}
	r.keepTests(ctx, earlier, passed)
	return passed.Summary, nil
}

// noted tells whether all is had of a result that this call wants: its reports for
// the note, where there is one.
func (r *Run) noted(ctx context.Context, e earlier) bool {
	if r.seen == nil {
		return true
	}
	reports := e.files(ctx, reportsDir)
	if reports == nil {
		return false
	}
	junit, err := readReport(ctx, reports, "junit.xml")
	if err != nil {
		return false
	}
	cobertura, err := readCoverage(ctx, reports)
	r.seen.tests(junit, cobertura...)
	return err == nil
}

// TestReports are the reports of the tests, even if they failed.
func (r *Run) TestReports(ctx context.Context, attempt string) (*dagger.Directory, error) {
	t, err := r.tests(ctx, attempt)
	if err != nil {
		return nil, err
	}
	earlier, err := r.testResult(ctx, t)
	if err != nil {
		return nil, err
	}
	if reports := earlier.files(ctx, reportsDir); reports != nil {
		return reports, nil
	}
	if t.App, err = r.readyApp(ctx, r.toTest); err != nil {
		return nil, err
	}
	return t.Reports(ctx)
}

// build is what the project's build leaves, or has left where a run had the same
// inputs.
func (r *Run) build(ctx context.Context) (Package, error) {
	return r.built.get(func() (Package, error) {
		read, err := r.Project(ctx)
		if err != nil {
			return Package{}, err
		}
		if only, err := r.onlyImage(ctx); err != nil || only {
			return Package{Unused: true}, err
		}
		earlier, err := r.packageResult(ctx, read.Settings.Package)
		if err != nil {
			return Package{}, err
		}
		built, ok := earlier.asPackage(ctx)
		if !ok {
			if built, err = r.buildAnew(ctx, read.Settings.Package); err != nil {
				return Package{}, err
			}
			r.keepPackage(ctx, earlier, built)
		}
		built.At = r.Settings.Project
		return built, nil
	})
}

// buildAnew runs the project's build, or packs for Lambda where it has none.
func (r *Run) buildAnew(ctx context.Context, settings project.Package) (built Package, err error) {
	for _, name := range settings.Artifacts {
		if err := withinSource(r.Settings.Project, name); err != nil {
			return Package{}, fmt.Errorf("reading pyproject.toml: artifacts in [tool.pipeline.package]: %w", err)
		}
	}
	if (settings.Lambda == project.Lambda{}) {
		app, err := r.readyApp(ctx, r.toBuild)
		if err != nil {
			return Package{}, err
		}
		if built, err = Build(ctx, app, settings); err != nil {
			return Package{}, err
		}
	}
	switch none := len(built.Paths) == 0; {
	case none && settings.Image != nil && (settings.Lambda == project.Lambda{}):
		return Package{}, nil // the image is all that there is to deploy
	case none:
		return r.pack(ctx, settings)
	}
	return built, nil
}

// BuildPackage returns the artifact of a project that has one.
func (r *Run) BuildPackage(ctx context.Context) (*dagger.File, error) {
	built, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	return built.File()
}

// BuildArtifacts returns all artifacts, at their paths in the project.
func (r *Run) BuildArtifacts(ctx context.Context) (*dagger.Directory, error) {
	built, err := r.build(ctx)
	return built.Files, err
}

// Scan runs a checker of the caller's choice over the root module.
func (r *Run) Scan(ctx context.Context, image *dagger.Container, command []string) (string, error) {
	if err := givenList("--command", command); err != nil {
		return "", err
	}
	level, err := r.level()
	if err != nil {
		return "", err
	}
	// Only what is an image as it is can say its name; any other the caller has made.
	if reference, err := image.ImageRef(ctx); err == nil {
		if err := trust.CheckImage(reference, level.Reads()); err != nil {
			return "", err
		}
	}
	roots, err := r.roots(ctx)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, root := range roots {
		text, err := Scan(ctx, image, r.Source, root, command)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n"), nil
}
