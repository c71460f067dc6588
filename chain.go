package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Test, package, plan and deploy the environment of a merge request in one call.
//
// With a registry, the images are pushed too. Parts that do not depend on each other run at the same time. Test reports and package can be fetched afterwards: they are reused.
// +cache="never"
func (p *Pipeline) MergeRequest(ctx context.Context,
	// Environment: mr-<number>.
	environment string,
	// Key of a saved plan, to deploy exactly what was planned: an age identity.
	// +optional
	planKey *dagger.Secret,
	// Any value not used before, such as the CI job's id, to run the tests again.
	// +optional
	attempt string,
	// Fold each part in a GitLab job log.
	// +optional
	sections bool,
	// File of NAME=value lines with the CI variables that describe the pipeline, for the note.
	// +optional
	ciFacts *dagger.File,
	// Token for writing a note on the merge request: see note.
	// +optional
	noteToken *dagger.Secret,
	// Address of the run's page, for the note to link to.
	// +optional
	page string,
) (string, error) {
	return p.run(environment).MergeRequest(ctx, steps.Chained{Key: planKey, Attempt: attempt, Sections: sections, Note: steps.Noting{Facts: ciFacts, Token: noteToken, Page: page}})
}

// Test, package, plan and deploy a lasting environment in one call.
// It runs the same steps as merge-request.
// +cache="never"
func (p *Pipeline) Release(ctx context.Context,
	// Environment: staging or prod.
	environment string,
	// Key of a saved plan, to deploy exactly what was planned: an age identity.
	// +optional
	planKey *dagger.Secret,
	// Any value not used before, such as the CI job's id, to run the tests again.
	// +optional
	attempt string,
	// Fold each part in a GitLab job log.
	// +optional
	sections bool,
) (string, error) {
	return p.run(environment).Release(ctx, steps.Chained{Key: planKey, Attempt: attempt, Sections: sections})
}
