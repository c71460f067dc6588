package steps

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// projectVersion is the version of a project that takes it from git: what the call
// says, or what git does. It is "" for all others, and where nothing tells.
func (r *Run) projectVersion(ctx context.Context) (string, error) {
	return r.version.get(func() (string, error) {
		if asked := strings.TrimSpace(r.ProjectVersion); asked != "" {
			version := project.NormalVersion(asked)
			if !project.IsVersion(version) {
				return "", fmt.Errorf("reading --project-version %q: it is no version of Python's: write one such as 1.2.3 or 1.2.3.dev4 (git describe --tags --abbrev=0 gives the last tag alone), or give --git .git", asked)
			}
			return version, nil
		}
		recipe, err := r.appRecipe(ctx)
		if err != nil {
			return "", err
		}
		dir, tool, err := recipe.FromGit(ctx)
		if err != nil || tool == "" {
			return "", err
		}
		if r.Git == nil {
			tell.Line(fmt.Sprintf("version: %s takes it from git, which is no part of the source: it is 0.0.0: give --git .git, or --project-version", tool))
			return "", nil
		}
		image, err := r.appImage(ctx)
		if err != nil {
			return "", err
		}
		roots, err := r.allRoots(ctx)
		if err != nil {
			return "", err
		}
		version, err := recipe.GitVersion(ctx, image.Container, dir, r.Git, roots)
		if err == nil {
			tell.Line("version: " + version + ", by " + tool)
		}
		return version, err
	})
}

// recipeToBuild is the recipe of the app container for what leaves the pipeline.
func (r *Run) recipeToBuild(ctx context.Context) (images.App, error) {
	recipe, err := r.appRecipe(ctx)
	if err == nil {
		recipe.Version, err = r.projectVersion(ctx)
	}
	return recipe, err
}

// recipeToTest knows the release alone: tests need not run again for each commit.
func (r *Run) recipeToTest(ctx context.Context) (images.App, error) {
	recipe, err := r.recipeToBuild(ctx)
	recipe.Version = project.Release(recipe.Version)
	return recipe, err
}

// release is the program that plans, of the version that the caller, the table or the root modules name.
func (r *Run) release(ctx context.Context, roots []string, set project.Terraform) (images.Release, error) {
	named := images.Release{Version: set.Version, From: "version in " + settingsTable}
	if r.TerraformVersion != "" {
		named = images.Release{Version: r.TerraformVersion, From: "--terraform-version"}
	}
	return images.ChooseRelease(ctx, r.Source, roots, named)
}
