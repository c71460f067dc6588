package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Return what a project lacks to begin, such as the file of its CI system.
//
// The changes are shown, and written with -y to the working directory, which has to be that of the source. What is there stays; to .gitignore and pyproject.toml is added what is missing.
// +generate
// +cache="never"
func (p *Pipeline) Generate(ctx context.Context,
	// CI system: gitlab, github, jenkins, circleci, azure, bitbucket, buildkite or none. Default: the one whose file is there, or gitlab.
	// +optional
	ci string,
	// Address of this module, such as github.com/group/pipeline@v0.1.0. Default: the one in dagger.json.
	// +optional
	module string,
	// Write a Makefile with the target test, if there is none.
	// +optional
	makefile bool,
) (*dagger.Changeset, error) {
	return p.run("").Generate(ctx, steps.Begin{System: ci, Module: module, Makefile: makefile})
}
