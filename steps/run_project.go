package steps

import (
	"context"
	"path"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

// readyApp is the app container with the project in it.
func (r *Run) readyApp(ctx context.Context) (images.Ready, error) {
	return r.ready.get(func() (images.Ready, error) {
		image, err := r.appImage(ctx)
		if err != nil {
			return images.Ready{}, err
		}
		recipe, err := r.appRecipe(ctx)
		if err != nil {
			return images.Ready{}, err
		}
		roots, err := r.roots(ctx)
		if err != nil {
			return images.Ready{}, err
		}
		return recipe.Ready(ctx, image.Container, roots)
	})
}

// roots are the paths of the root modules in the source.
func (r *Run) roots(ctx context.Context) ([]string, error) {
	read, err := r.Project(ctx)
	out := []string{r.infra()}
	for _, root := range read.Settings.Terraform.Roots {
		out = append(out, path.Join(r.Settings.Project, root))
	}
	return out, err
}

// infra is the path of the root module in the source.
func (r *Run) infra() string { return path.Join(r.Settings.Project, r.Infra) }

// tests are the project's; another attempt runs them again.
func (r *Run) tests(ctx context.Context, attempt string) (Test, error) {
	app, err := r.readyApp(ctx)
	if err != nil {
		return Test{}, err
	}
	return Test{App: app.Container, Source: app.Source, Lock: app.Lock, Attempt: attempt}, nil
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
	return t.Reports(), nil
}

// BuildPackage builds the project's artifact.
func (r *Run) BuildPackage(ctx context.Context) (*dagger.File, error) {
	return r.artifact.get(func() (*dagger.File, error) {
		app, err := r.readyApp(ctx)
		if err != nil {
			return nil, err
		}
		return Package(ctx, app.Container, app.Source)
	})
}

// Scan runs a checker of the caller's choice over the root module.
func (r *Run) Scan(ctx context.Context, image *dagger.Container, command []string) (string, error) {
	return Scan(ctx, image, r.Source, r.infra(), command)
}
