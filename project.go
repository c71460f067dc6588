package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
)

// Run the project's tests; fail with their exit code.
// The command is make test, pytest if no Makefile has that target, or the one that the project names (docs/projects.md).
// +check
// +cache="10m"
func (p *Pipeline) Test(ctx context.Context,
	// Any value not used before, such as the CI job's id, to run the tests again.
	// +optional
	attempt string,
	// Environment that the result is for. For prod and staging, nothing that an open run left in the registry is used.
	// +optional
	environment string,
) (string, error) {
	r, err := p.run("").For(environment)
	if err != nil {
		return "", err
	}
	return r.Test(ctx, attempt)
}

// Return the reports of the tests: junit.xml and, if coverage is measured, coverage.xml.
// Failed tests have reports too. The tests do not run a second time.
// +cache="never"
func (p *Pipeline) TestReports(ctx context.Context,
	// The value that test was called with.
	// +optional
	attempt string,
	// Environment that the result is for. For prod and staging, nothing that an open run left in the registry is used.
	// +optional
	environment string,
) (*dagger.Directory, error) {
	r, err := p.run("").For(environment)
	if err != nil {
		return nil, err
	}
	return r.TestReports(ctx, attempt)
}

// Build the project's artifact (make build) and return it: artifact.zip.
// +cache="10m"
func (p *Pipeline) BuildPackage(ctx context.Context,
	// Environment that the result is for. For prod and staging, nothing that an open run left in the registry is used.
	// +optional
	environment string,
) (*dagger.File, error) {
	r, err := p.run("").For(environment)
	if err != nil {
		return nil, err
	}
	return r.BuildPackage(ctx)
}

// Build the project's artifacts and return them all, at their own paths.
// +cache="10m"
func (p *Pipeline) BuildArtifacts(ctx context.Context,
	// Environment that the result is for. For prod and staging, nothing that an open run left in the registry is used.
	// +optional
	environment string,
) (*dagger.Directory, error) {
	r, err := p.run("").For(environment)
	if err != nil {
		return nil, err
	}
	return r.BuildArtifacts(ctx)
}
