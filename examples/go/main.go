// Examples of the pipeline's functions, called from another Dagger module.
package main

import (
	"context"

	"dagger/examples/internal/dagger"
)

type Examples struct{}

// Run the tests of a project, and fail with their exit code.
func (m *Examples) Pipeline_Test(ctx context.Context, source *dagger.Directory) (string, error) {
	return dag.Pipeline(dagger.PipelineOpts{Source: source}).Test(ctx)
}

// Give the reports of the tests; nothing runs a second time for it.
func (m *Examples) Pipeline_TestReports(source *dagger.Directory) *dagger.Directory {
	return dag.Pipeline(dagger.PipelineOpts{Source: source}).TestReports()
}

// Build the artifact of a service that is in a repository of several.
func (m *Examples) Pipeline_BuildPackage(source *dagger.Directory) *dagger.File {
	return dag.Pipeline(dagger.PipelineOpts{Source: source, Project: "services/orders"}).BuildPackage()
}

// Deploy the environment of a merge request, with images from a registry and a
// session of a role that the CI's token is traded for.
func (m *Examples) Pipeline_Deploy(ctx context.Context, source *dagger.Directory, token *dagger.Secret) (string, error) {
	return dag.Pipeline(dagger.PipelineOpts{
		Source:           source,
		Registry:         "ecr:group/app",
		StateBucket:      "my-team-terraform-state",
		RoleArn:          "arn:aws:iam::123456789012:role/deploy-my-service",
		WebIdentityToken: token,
	}).Deploy(ctx, "mr-7")
}
