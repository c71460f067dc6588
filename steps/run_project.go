package steps

import (
	"context"

	"dagger/pipeline/internal/dagger"
)

// tests are the project's; another attempt runs them again.
func (r *Run) tests(ctx context.Context, attempt string) (Test, error) {
	app, err := r.appImage(ctx)
	if err != nil {
		return Test{}, err
	}
	lock, err := r.Source.File("poetry.lock").Contents(ctx)
	return Test{App: app.Container, Source: r.Source, Lock: lock, Attempt: attempt}, err
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
		app, err := r.appImage(ctx)
		if err != nil {
			return nil, err
		}
		return Package(ctx, app.Container, r.Source)
	})
}

// Scan runs a checker of the caller's choice over the root module.
func (r *Run) Scan(ctx context.Context, image *dagger.Container, command []string) (string, error) {
	return Scan(ctx, image, r.Source, r.Infra, command)
}
