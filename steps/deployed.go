package steps

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/ci"
	"dagger/pipeline/ecr"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/images"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
)

// marking tags what was deployed in the run's own level, unmarking takes such a
// tag off.
func marking(r images.Store) []ecr.Grant {
	return append(using(r), ecr.Grant{Actions: ecr.DeployActions, Repositories: r.Repositories(r.Writes)})
}

func unmarking(r images.Store) []ecr.Grant {
	return append(pulling(r), ecr.Grant{Actions: ecr.DestroyActions, Repositories: r.Repositories(r.Writes)})
}

// mark moves the tag of the environment's deployment onto the images that it
// used, in ECR: its lifecycle policy never expires one that has such a tag. A tag
// that cannot be moved fails no deployment, which is done by then; retention sets
// what is missing.
func (r *Run) mark(ctx context.Context) {
	opened, ok := r.retains(ctx)
	if !ok {
		return
	}
	tag := lifecycle.DeployedTag(r.Environment)
	if err := r.ownTags(ctx, opened.Store, tag); err != nil {
		tell.Line("Warning: " + err.Error())
		return
	}
	for _, name := range opened.Names() {
		repository := opened.Repository(opened.Writes, name)
		digest, err := r.used(ctx, opened, name)
		if err == nil && digest == "" {
			continue // it was built for this run, and is in no repository
		}
		if err == nil {
			_, err = registry.Client{Login: opened.Login}.Tag(ctx, repository, digest, tag)
		}
		if err != nil {
			tell.Line(fmt.Sprintf("Warning: %s is not on the image that was deployed: %v: retention apply sets it, where the image is still there", tag, err))
		}
	}
}

// used is the digest of the image of a deployment in the run's own repository,
// "" where it has none. In the one of terraform it is the image with the root
// module, which the environment can be destroyed with.
func (r *Run) used(ctx context.Context, opened Opened, name string) (string, error) {
	if name == "service" {
		return r.service.value.Digest, nil // it was pushed there to be deployed
	}
	repository := opened.Repository(opened.Writes, name)
	content, err := r.contentOf(ctx, opened, name)
	if err != nil {
		return "", err
	}
	here := content.Found.State == registry.Found && content.Found.Reference == opened.Reference(name, content.Tag)
	if name == "app" && here {
		return content.Found.Digest, nil
	}
	target, err := ci.TargetNamed(r.Environment)
	if err != nil {
		return "", err
	}
	published := registry.Client{Login: opened.Login}.Lookup(ctx, repository, target.Tag, "")
	switch {
	case published.State == registry.Found:
		return published.Digest, nil
	case published.State != registry.Missing:
		return "", errors.New(published.Outcome())
	case here:
		return content.Found.Digest, nil
	}
	return "", nil
}

// contentOf is what the registry has of an image of the run. The app image was not
// asked for where the package is the result of an earlier run.
func (r *Run) contentOf(ctx context.Context, opened Opened, name string) (out images.Image, err error) {
	if name == "terraform" {
		return r.terraform.value, nil
	}
	if out = r.app.value; out.Tag != "" {
		return out, nil
	}
	recipe, err := r.appRecipe(ctx)
	if err != nil {
		return out, err
	}
	if out.Tag, err = recipe.Content(ctx); err != nil {
		return out, err
	}
	out.Found, err = opened.LookAt(ctx, opened.Writes, name, out.Tag)
	return out, err
}

// unmark takes the tag of a project's destroyed environment off its images.
func (r *Run) unmark(ctx context.Context, project, environment string) {
	opened, ok := r.retains(ctx)
	if !ok {
		return
	}
	tag := lifecycle.DeployedTag(environment)
	if err := ownTag(ctx, opened.Store, project, tag); err != nil {
		tell.Line("Warning: " + err.Error())
		return
	}
	for _, repository := range opened.Repositories(opened.Writes) {
		line, err := opened.ECR.Unmark(ctx, repository, tag)
		if err != nil {
			line = fmt.Sprintf("Warning: the image of %s stays: %v", environment, err)
		}
		if line != "" {
			tell.Line("registry: " + line)
		}
	}
}

// retains is the registry, if it is one that expires images by tags.
func (r *Run) retains(ctx context.Context) (Opened, bool) {
	if r.address() == "" {
		return Opened{}, false
	}
	opened, err := r.openRegistry(ctx)
	return opened, err == nil && opened.ECR != nil
}
