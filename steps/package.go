package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"
)

// ArtifactName is the file that `make build` leaves in the project's root.
const ArtifactName = "artifact.zip"

var makeBuild = []string{"make", "build"}

// Package builds the project's artifact in the app container.
func Package(ctx context.Context, app *dagger.Container, source *dagger.Directory) (*dagger.File, error) {
	c := app.
		WithDirectory(".", source.WithoutFile(ArtifactName)).
		WithExec(makeBuild, anyExit)
	err := check(ctx, c, makeBuild, func(_, stderr string) string { return missingTarget("build", stderr) })
	if err != nil {
		return nil, err
	}
	ok, err := c.Directory(".").Exists(ctx, ArtifactName)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("running make build: it left no %s in the project's root: make the target write it there", ArtifactName)
	}
	return c.File(ArtifactName), nil
}

// Sized names a file with its size.
func Sized(ctx context.Context, f *dagger.File) (string, error) {
	size, err := f.Size(ctx)
	return fmt.Sprintf("%s, %d kB", ArtifactName, (size+999)/1000), err
}
