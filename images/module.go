package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/trust"
)

// Module is the terraform image that carries the project's root module with
// everything that terraform init fetches, so that an environment can be
// destroyed when neither the sources nor the providers' registry can be had. The
// project's own scripts for terraform are in it too.
func (t Terraform) Module(ctx context.Context, tools Image, project string) (Image, error) {
	files, err := t.moduleFiles(ctx)
	if err != nil {
		return Image{}, err
	}
	tag := func() (string, error) {
		digest, err := files.Digest(ctx)
		return contentTag("module", tools.Tag, project, t.Infra, digest), err
	}
	image, err := t.Registry.image(ctx, "terraform", tag, func() (*dagger.Container, error) {
		init := []string{"terraform", "init", "-backend=false", "-input=false", "-no-color"}
		c := tools.Container.
			WithDirectory(Workdir, files).
			WithWorkdir(path.Join(Workdir, t.Infra)).
			WithExec(init).
			WithWorkdir(Workdir)
		return built(ctx, "initialising the root module", c, explainInit)
	})
	if err == nil {
		image.Container = image.Container.WithLabel(projectLabel, project).WithLabel(infraLabel, t.Infra)
	}
	return image, err
}

// moduleFiles are the root module and the project's scripts for terraform.
func (t Terraform) moduleFiles(ctx context.Context) (*dagger.Directory, error) {
	files := dag.Directory().WithDirectory(t.Infra, t.Source.Directory(t.Infra))
	ok, err := t.Source.Exists(ctx, "scripts")
	if err != nil || !ok {
		return files, err
	}
	return files.WithDirectory("scripts", t.Source.Directory("scripts"), dagger.DirectoryWithDirectoryOpts{Include: []string{"*.sh"}}), nil
}

// Published is a root module that was pushed with its container.
type Published struct {
	Container *dagger.Container
	// Source is the project as far as it is in the image.
	Source  *dagger.Directory
	Project string
	Infra   string
}

// Published gives the root module of the terraform image with a tag.
func (r Registry) Published(ctx context.Context, tag string) (Published, error) {
	ref, err := r.PublishedAt(ctx, tag)
	if err != nil {
		return Published{}, err
	}
	if err := r.SignIn(ctx); err != nil {
		return Published{}, err
	}
	c := dag.Container().From(ref)
	project, err := c.Label(ctx, projectLabel)
	if err != nil {
		return Published{}, fmt.Errorf("the source has no project, and pulling %s: %w: publish the images with that tag, or give the project with --source", ref, err)
	}
	infra, err := c.Label(ctx, infraLabel)
	if err != nil {
		return Published{}, err
	}
	if project == "" || infra == "" {
		return Published{}, fmt.Errorf("pulling %s: the image carries no root module: publish it with publish-images", ref)
	}
	if err := namedOn(ref, project); err != nil {
		return Published{}, err
	}
	Tell(ref + ": the root module is taken from this image, the source has no project")
	return Published{Container: c, Source: c.Directory(Workdir), Project: project, Infra: infra}, nil
}

// PublishedAt is the reference of the terraform image with a tag, at the first
// level that has it and that the run may use.
func (r Registry) PublishedAt(ctx context.Context, tag string) (string, error) {
	var missed []string
	for _, level := range r.Reads {
		found, _, err := r.asked(ctx, r.Repository(level, "terraform"), tag)
		switch {
		case err != nil:
			return "", err
		case found.State == aws.Found:
			return found.Pinned(), nil
		case found.State == aws.Unreachable:
			return r.reference(level, "terraform", tag), nil // the engine may reach it
		}
		missed = append(missed, found.Outcome())
	}
	hint := ""
	if !slices.Contains(r.Reads, trust.Open) {
		hint = " (images of open runs are not used here: give --trust=open for the environment of a merge request)"
	}
	return "", fmt.Errorf("the source has no project, and looking for its published image: %s%s: publish the images with that tag, or give the project with --source", strings.Join(missed, "; "), hint)
}
