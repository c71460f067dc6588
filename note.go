package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Return a note for the merge request; with a token, post it there.
//
// It summarizes what the other calls have left: reports/, plan/, artifact.zip or artifacts/, and deploy.env. A merge request has one note for each environment, which
// is updated in place. A note that cannot be posted is a warning, not an error.
// +cache="never"
func (p *Pipeline) Note(ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Directory with what the other calls have left. Anything missing is left out.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	results *dagger.Directory,
	// Directory with the same files of the target branch, to compare with.
	// +optional
	// +ignore=["*", "!reports", "!plan", "!artifacts", "!artifact.zip", "!deploy.env"]
	target *dagger.Directory,
	// File of NAME=value lines with the CI variables that describe the pipeline: they name the merge request.
	// +optional
	ciFacts *dagger.File,
	// Token that may write notes: for GitLab with the scope api and the role Reporter, for GitHub with pull-requests: write.
	// +optional
	noteToken *dagger.Secret,
	// Address of the run's page to link to, such as the URL of the job's artifact.
	// +optional
	page string,
) (string, error) {
	return p.run(environment).Note(ctx, results, target, steps.Noting{Facts: ciFacts, Token: noteToken, Page: page})
}
