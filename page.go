package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
)

// Return the page of a run: run.html, which loads nothing from elsewhere, and run.json, its data.
//
// It shows what the other calls have left: reports/, plan/, artifact.zip or artifacts/, and deploy.env; with --calls also what the engine did. It lists
// what is not known.
// +cache="never"
func (p *Pipeline) Page(ctx context.Context,
	// Environment: mr-<number>, staging or prod. Default: the page names none.
	// +optional
	environment string,
	// Directory with what the other calls have left. Anything missing is left out.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	results *dagger.Directory,
	// Directory with the same files of the target branch, to compare with.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	target *dagger.Directory,
	// Record of what the embedded engine did: the output of report --format json.
	// +optional
	calls *dagger.File,
	// File of NAME=value lines with the CI variables that describe the pipeline.
	// +optional
	ciFacts *dagger.File,
) (*dagger.Directory, error) {
	return p.run(environment).Page(ctx, results, target, calls, ciFacts)
}
