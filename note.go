package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Give a note for the merge request, and write it there with a token.
//
// It tells what the other calls have left: reports/, plan/, artifact.zip or artifacts/, and deploy.env. A merge request has one note of an environment, which is
// written anew in place. One that cannot be written is said, and fails nothing.
// +cache="never"
func (p *Pipeline) Note(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Directory with what the other calls have left. What is not there is not told.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	results *dagger.Directory,
	// Directory with the same of the target branch, to compare with.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	target *dagger.Directory,
	// The CI's variables that tell of the pipeline, in a file of NAME=value lines: they name the merge request.
	// +optional
	ciFacts *dagger.File,
	// Token that may write notes: of GitLab with the scope api and the role Reporter, of GitHub with pull-requests: write.
	// +optional
	noteToken *dagger.Secret,
	// Address of the run's page, to link to, such as that of the job's artifact.
	// +optional
	page string,
) (string, error) {
	return p.run(environment).Note(ctx, results, target, steps.Noting{Facts: ciFacts, Token: noteToken, Page: page})
}
