package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
)

// Give the page of a run: run.html, which asks nobody for anything, and run.json, its data.
//
// It tells what the other calls have left: reports/, plan/, artifact.zip or artifacts/, and deploy.env; with --calls also what the engine did. What is not
// known is said on it.
// +cache="never"
func (p *Pipeline) Page(ctx context.Context,
	// Environment: mr-<number>, staging or prod. Default: none is named.
	// +optional
	environment string,
	// Directory with what the other calls have left. What is not there is not told.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	results *dagger.Directory,
	// Directory with the same of the target branch, to compare with.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	target *dagger.Directory,
	// What the embedded engine did, as report --format json gives it.
	// +optional
	calls *dagger.File,
	// The CI's variables that tell of the pipeline, in a file of NAME=value lines.
	// +optional
	ciFacts *dagger.File,
) (*dagger.Directory, error) {
	return p.run(environment).Page(ctx, results, target, calls, ciFacts)
}
