package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// noImage has the form of an image's reference. It is given where nothing is
// deployed: terraform asks for a value of each variable to destroy, too.
const noImage = "no-image.invalid/service@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// Handed is the service's image as it is passed to a root module.
type Handed struct {
	// Variable is the root module's, "" if the project asks for no image.
	Variable string
	// Reference is the image by its digest, "" if nothing is deployed.
	Reference string
}

// on tells all that runs in the terraform container, the plan's fingerprint and the
// project's own scripts among them.
func (h Handed) on(c *dagger.Container) *dagger.Container {
	if h.Variable == "" {
		return c
	}
	return c.WithEnvVariable("TF_VAR_"+h.Variable, h.value()).WithEnvVariable("PIPELINE_IMAGE", h.Reference)
}

func (h Handed) value() string {
	if h.Reference == "" {
		return noImage
	}
	return h.Reference
}

// hasImage tells whether the project asks for an image.
func (r *Run) hasImage(ctx context.Context) bool {
	read, err := r.Project(ctx)
	return err == nil && read.Settings.Package.Image != nil
}

// deploying is what a run that plans or deploys may do in the registry: push, where
// there is an image to hand over.
func (r *Run) deploying(ctx context.Context, otherwise purpose) purpose {
	if r.hasImage(ctx) {
		return pushing
	}
	return otherwise
}

// serviceImage is the image of the service in the run's own level of the registry,
// where the project asks for one. There its retention is the environment's.
func (r *Run) serviceImage(ctx context.Context) (Handed, error) {
	read, err := r.Project(ctx)
	if err != nil || read.Settings.Package.Image == nil {
		return Handed{}, err
	}
	pushed, err := r.service.get(func() (Pushed, error) { return r.pushService(ctx) })
	return Handed{Variable: read.Settings.Package.Image.VariableName(), Reference: pushed.Image}, err
}

func (r *Run) pushService(ctx context.Context) (Pushed, error) {
	publish, err := r.serviceRegistry(ctx)
	if err != nil {
		return Pushed{}, err
	}
	image, err := r.builtService(ctx, publish.Registry.Store)
	if err != nil {
		return Pushed{}, err
	}
	entry := Entry{Image: image, Own: true}
	if !publish.has(entry) {
		if err := publish.prepare(ctx, publish.Registry.Repository(publish.Registry.Writes, image.Name)); err != nil {
			return Pushed{}, err
		}
	}
	pushed, err := publish.Run(ctx, entry)
	if err != nil {
		return Pushed{}, err
	}
	tell.Line("image of the service: " + pushed[0].Image)
	return pushed[0], nil
}

// serviceRegistry is the registry, opened to push the image of the service. A run
// without one is refused.
func (r *Run) serviceRegistry(ctx context.Context) (Publish, error) {
	doing := fmt.Sprintf("deploying %q: %s asks for an image", r.Environment, images.ServiceTable)
	if r.address() == "" {
		return Publish{}, fmt.Errorf("%s, and there is no registry to push it to: give one with --registry, such as registry.example.com/group/app", doing)
	}
	opened, err := r.openRegistry(ctx)
	if err != nil {
		return Publish{}, err
	}
	if !slices.Contains(opened.Reads, opened.Writes) {
		return Publish{}, fmt.Errorf("%s, %s gets protected images alone, and an open run pushes none: call with --trust=protected", doing, r.Environment)
	}
	read, err := r.Project(ctx)
	if err != nil {
		return Publish{}, err
	}
	opened.Platform = images.ServicePlatform(read.Settings.Package.Image.Architecture)
	return Publish{Registry: opened}, opened.SignIn(ctx)
}

func (r *Run) builtService(ctx context.Context, store images.Store) (images.Image, error) {
	app, err := r.appImage(ctx)
	if err != nil {
		return images.Image{}, err
	}
	recipe, err := r.recipeToBuild(ctx)
	if err != nil {
		return images.Image{}, err
	}
	roots, err := r.allRoots(ctx)
	if err != nil {
		return images.Image{}, err
	}
	recipe.Registry = store
	return recipe.Service(ctx, app, roots)
}

// nameService moves the environment's tag to the image before that is deployed, so
// that it is kept also where the deployment ends in the middle.
func (r *Run) nameService(ctx context.Context) error {
	if r.service.value.Digest == "" {
		return nil
	}
	target, err := ci.TargetNamed(r.Environment)
	if err != nil {
		return err
	}
	publish, err := r.serviceRegistry(ctx)
	if err != nil {
		return err
	}
	if err := r.ownTags(ctx, publish.Registry.Store, target.Tag); err != nil {
		return err
	}
	image := images.Image{Name: "service", Tag: r.service.value.tag(), Container: dag.Container(dagger.ContainerOpts{Platform: publish.Registry.Platform}).From(r.service.value.Image)}
	if err := publish.tag(ctx, image, r.service.value.Digest, target.Tag); err != nil {
		tell.Line(fmt.Sprintf("Warning: the tag %s is not on the image of the service: %v", target.Tag, err))
	}
	return nil
}

// packaged is what there is to deploy: the artifacts with their sizes, and last the
// image of the service where there is one.
func (r *Run) packaged(ctx context.Context, built Package) (string, error) {
	sizes, err := built.Sizes(ctx)
	if err != nil {
		return "", err
	}
	image, err := r.serviceImage(ctx)
	return strings.TrimSpace(sizes + "\n" + image.Reference), err
}

// handing are the root modules with the image of the service. One of them has to
// take it, unless a script of the project's own does.
func (r Roots) handing(ctx context.Context, image Handed) (Roots, error) {
	out := slices.Clone(r)
	taken := image.Variable == ""
	for i := range out {
		out[i].Image = image
		_, declared := out[i].Module.Variables[image.Variable]
		taken = taken || declared
	}
	if !taken {
		own, err := r[0].owns(ctx, applyScript)
		if err != nil {
			return nil, err
		}
		taken = own
	}
	if !taken {
		return nil, fmt.Errorf("handing the image of the service over: %s declares no variable %q: declare it, or name another with variable in %s", strings.ReplaceAll(r.paths(), ", ", " or "), image.Variable, images.ServiceTable)
	}
	return out, nil
}
