package steps

import (
	"cmp"
	"context"
	"path"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/trust"
)

// appToTest and appToBuild are the app container with the project in it.
func (r *Run) appToTest(ctx context.Context) (images.Ready, error) {
	return r.tested.get(func() (images.Ready, error) { return r.readyApp(ctx, r.recipeToTest) })
}

func (r *Run) appToBuild(ctx context.Context) (images.Ready, error) {
	return r.buildable.get(func() (images.Ready, error) { return r.readyApp(ctx, r.recipeToBuild) })
}

func (r *Run) readyApp(ctx context.Context, recipeOf func(context.Context) (images.App, error)) (images.Ready, error) {
	image, err := r.appImage(ctx)
	if err != nil {
		return images.Ready{}, err
	}
	recipe, err := recipeOf(ctx)
	if err != nil {
		return images.Ready{}, err
	}
	roots, err := r.allRoots(ctx)
	if err != nil {
		return images.Ready{}, err
	}
	return recipe.Ready(ctx, image.Container, roots)
}

// allRoots are the paths in the source of all root modules that may be meant:
// what is in them is none of the tests' business.
func (r *Run) allRoots(ctx context.Context) ([]string, error) {
	read, err := r.Project(ctx)
	out := []string{path.Join(r.Settings.Project, cmp.Or(r.Infra, defaultRoot))}
	for _, root := range read.Settings.Terraform.Roots {
		out = append(out, path.Join(r.Settings.Project, root))
	}
	return out, err
}

// tests are the project's; another attempt runs them again.
func (r *Run) tests(ctx context.Context, attempt string) (Test, error) {
	read, err := r.Project(ctx)
	if err != nil {
		return Test{}, err
	}
	app, err := r.appToTest(ctx)
	if err != nil {
		return Test{}, err
	}
	level, err := r.level()
	if err != nil {
		return Test{}, err
	}
	secrets, err := testSecrets(ctx, r.TestSecrets)
	if err != nil {
		return Test{}, err
	}
	services, err := r.services(ctx, read.Settings.Test.Services, secrets)
	return Test{
		App: app.Container, Settings: read.Settings.Test, Secrets: secrets, Services: services,
		Project: read.Name, Trust: level, Attempt: attempt, Seen: r.seen,
	}, err
}

// Test runs the project's tests.
func (r *Run) Test(ctx context.Context, attempt string) (string, error) {
	t, err := r.tests(ctx, attempt)
	if err != nil {
		return "", err
	}
	return t.Run(ctx)
}

// TestReports are what the tests wrote, also where they failed.
func (r *Run) TestReports(ctx context.Context, attempt string) (*dagger.Directory, error) {
	t, err := r.tests(ctx, attempt)
	if err != nil {
		return nil, err
	}
	return t.Reports(ctx)
}

// build is what the project's build leaves.
func (r *Run) build(ctx context.Context) (Package, error) {
	return r.built.get(func() (Package, error) {
		read, err := r.Project(ctx)
		if err != nil {
			return Package{}, err
		}
		var built Package
		if (read.Settings.Package.Lambda == project.Lambda{}) {
			app, err := r.appToBuild(ctx)
			if err != nil {
				return Package{}, err
			}
			if built, err = Build(ctx, app.Container, read.Settings.Package); err != nil {
				return Package{}, err
			}
		}
		if len(built.Paths) == 0 && read.Settings.Package.Image != nil && (read.Settings.Package.Lambda == project.Lambda{}) {
			return Package{At: r.Settings.Project}, nil // the image is all that there is to deploy
		}
		if len(built.Paths) == 0 {
			if built, err = r.pack(ctx, read.Settings.Package); err != nil {
				return Package{}, err
			}
		}
		built.At = r.Settings.Project
		return built, nil
	})
}

// BuildPackage gives the artifact of a project that has one.
func (r *Run) BuildPackage(ctx context.Context) (*dagger.File, error) {
	built, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	return built.File()
}

// BuildArtifacts gives all artifacts, at their paths in the project.
func (r *Run) BuildArtifacts(ctx context.Context) (*dagger.Directory, error) {
	built, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	return built.Files, built.isThere()
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
