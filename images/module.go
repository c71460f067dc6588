package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Module is the terraform image with the project's root modules and everything
// that terraform init downloads, so that an environment can be destroyed even if
// neither the sources nor the provider registry are available. It also contains the
// project's own scripts for terraform.
func (t Terraform) Module(ctx context.Context, tools Image, project string) (Image, error) {
	files, err := t.moduleFiles(ctx)
	if err != nil {
		return Image{}, err
	}
	tag := func() (string, error) {
		digest, err := files.Digest(ctx)
		return contentTag("module", tools.Tag, project, strings.Join(t.Roots, "\n"), digest), err
	}
	image, err := t.Registry.image(ctx, "terraform", tag, func() (*dagger.Container, error) {
		init := []string{"terraform", "init", "-backend=false", "-input=false", "-no-color"}
		c := tools.Container.WithDirectory(Workdir, files).With(t.Secrets.With).With(t.SSH.With)
		for _, root := range t.Roots {
			lock, _, err := Lock(ctx, tools.Container, t.Source, root)
			if err != nil {
				return nil, err
			}
			if c = c.WithWorkdir(path.Join(Workdir, root)); lock != nil {
				c = c.WithFile(lockFile, lock)
			}
			c = c.WithExec(init)
		}
		c = c.WithWorkdir(Workdir).With(t.SSH.Without).With(t.Secrets.Without)
		return built(ctx, "initialising the root module", c, explainSSH(FetchesModule(t.Release.OverSSH), t.SSH.Agent != nil, explainInit))
	})
	if err == nil {
		image.Container = image.Container.WithLabel(projectLabel, project).WithLabel(infraLabel, strings.Join(t.Roots, "\n"))
	}
	return image, err
}

// Published is a root module that was pushed with its container.
type Published struct {
	Container *dagger.Container
	// Source is the project as far as it is in the image.
	Source  *dagger.Directory
	Project string
	// Roots are the paths of the root modules in it.
	Roots []string
}

// Published returns the root module of the terraform image with a tag.
func (r Store) Published(ctx context.Context, tag string) (Published, error) {
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
		return Published{}, tell.Errorf("the source has no project, and pulling %s: %w: publish the images with that tag, or give the project with --source", ref, err)
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
	tell.Line(ref + ": the root module is taken from this image, the source has no project")
	return Published{Container: c, Source: c.Directory(Workdir), Project: project, Roots: strings.Split(infra, "\n")}, nil
}

// ProjectAt is the project whose root module is in the terraform image with a tag of
// the run's own level, "" if there is none, or it does not say.
func (r Store) ProjectAt(ctx context.Context, tag string) (string, error) {
	found, _, err := r.asked(ctx, r.Repository(r.Writes, "terraform"), tag)
	if err != nil || found.State == registry.Missing || found.State == registry.Refused {
		return "", err
	}
	if found.State == registry.Found {
		return r.pinned(found).Label(ctx, projectLabel)
	}
	project, err := dag.Container().From(found.Reference).Label(ctx, projectLabel)
	if err != nil {
		return "", nil // the engine does not reach it either
	}
	return project, nil
}

// PublishedAt is the reference of the terraform image with a tag, in the first
// level that has it and that the run may use.
func (r Store) PublishedAt(ctx context.Context, tag string) (string, error) {
	var missed []string
	for _, level := range r.Reads {
		found, _, err := r.asked(ctx, r.Repository(level, "terraform"), tag)
		switch {
		case err != nil:
			return "", err
		case found.State == registry.Found:
			return found.Pinned(), nil
		case found.State == registry.Unreachable:
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
