// The least that a Dagger module needs to run the tests and the build of a project: the benchmark's arm m.
package main

import (
	"context"
	"strings"

	"dagger/minimal/internal/dagger"
)

type Minimal struct{}

// Run the tests in an image that has all they need.
func (m *Minimal) Test(ctx context.Context,
	// +ignore=["artifact.zip"]
	source *dagger.Directory,
	// Reference by digest.
	image string,
	username string,
	password *dagger.Secret,
) (string, error) {
	return ready(source, image, username, password).WithExec([]string{"make", "test"}).Stdout(ctx)
}

// Build the package in the same image.
func (m *Minimal) BuildPackage(
	// +ignore=["artifact.zip"]
	source *dagger.Directory,
	// Reference by digest.
	image string,
	username string,
	password *dagger.Secret,
) *dagger.File {
	return ready(source, image, username, password).WithExec([]string{"make", "build"}).File("artifact.zip")
}

func ready(source *dagger.Directory, image, username string, password *dagger.Secret) *dagger.Container {
	host, _, _ := strings.Cut(image, "/")
	return dag.Container().
		WithRegistryAuth(host, username, password).
		From(image).
		WithDirectory("/app", source).
		WithWorkdir("/app").
		WithEnvVariable("PYTEST_ADDOPTS", "--junitxml=/tmp/reports/junit.xml")
}
