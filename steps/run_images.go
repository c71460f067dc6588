package steps

import (
	"context"
	"errors"
	"path"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// registryPlace says where the images are kept; nothing is asked for yet. Where the
// address has no path, the repositories are below the project's name.
func (r *Run) registryPlace(ctx context.Context) (Place, error) {
	return r.place.get(func() (Place, error) {
		level, err := r.level()
		if err != nil {
			return Place{}, err
		}
		store := Place{
			Address: r.address(), Username: text(r.RegistryUsername), Password: r.RegistryPassword,
			Trust: level, Lasting: r.lasting || r.Environment != "" && !environments.IsMergeRequest(r.Environment),
		}
		named, err := r.Source.Exists(ctx, path.Join(r.Settings.Project, "pyproject.toml"))
		if err == nil && named {
			store.Project, err = r.placeName(ctx)
		}
		store.Service = !named || r.hasImage(ctx) // an environment without its source may have one
		store.AWS = r.account(store.Project, r.Environment)
		return store, err
	})
}

// placeName is the project's name as far as the registry has to know it. A project that
// is no package has often none.
func (r *Run) placeName(ctx context.Context) (string, error) {
	if read, err := r.Project(ctx); err != nil || read.Name == "" && !r.needsName() {
		return "", err
	}
	return r.projectName(ctx)
}

// needsName tells whether something is kept under the project's name: a state, or the
// images of a registry whose address has no path.
func (r *Run) needsName() bool {
	rest, inECR := strings.CutPrefix(r.address(), "ecr:")
	pathless := inECR && rest == "" || !inECR && rest != "" && !strings.Contains(rest, "/")
	return r.Environment != "" || r.bucket() != "" || pathless
}

// openRegistry opens the registry for what the run may do there.
func (r *Run) openRegistry(ctx context.Context) (Opened, error) {
	return r.registry.get(func() (Opened, error) {
		store, err := r.registryPlace(ctx)
		if err != nil {
			return Opened{}, err
		}
		if note := store.unusedLogin(); note != "" {
			tell.Line("registry: " + note)
		}
		return store.open(ctx, r.purpose)
	})
}

// pullFrom is the registry to look images up in and pull them from. One that
// cannot be opened is told once, where the images can be built without it.
func (r *Run) pullFrom(ctx context.Context) (images.Store, error) {
	return r.pull.get(func() (images.Store, error) {
		opened, err := r.openRegistry(ctx)
		if store := r.place.value; err == nil && opened.Given() && store.Lasting && store.Trust != trust.Protected {
			tell.Line("registry: " + r.Environment + " is given protected images alone, and this run is open: it keeps none of what it builds for " + r.Environment + " (--trust)")
		}
		if err != nil && r.place.value.dispensable(err) {
			tell.Line("registry: " + err.Error() + ": going on without it")
			return r.place.value.levels(), nil
		}
		return opened.Store, err
	})
}

// appImage is the app container and the name of its content.
func (r *Run) appImage(ctx context.Context) (images.Image, error) {
	return r.app.get(func() (images.Image, error) {
		recipe, err := r.appRecipe(ctx)
		if err != nil {
			return images.Image{}, err
		}
		return recipe.Image(ctx)
	})
}

func (r *Run) appRecipe(ctx context.Context) (images.App, error) {
	ssh, err := r.ssh(ctx)
	if err != nil {
		return images.App{}, err
	}
	registry, err := r.pullFrom(ctx)
	return images.App{
		Source:   r.Source,
		Path:     r.Settings.Project,
		Base:     text(r.PythonImage),
		Poetry:   r.PoetryVersion,
		UV:       r.UvVersion,
		Secrets:  r.InstallSecrets,
		SSH:      ssh,
		Tokens:   r.indexToken,
		Registry: registry,
	}, err
}

// moduleImage is the terraform container with the root module in it.
func (r *Run) moduleImage(ctx context.Context) (images.Image, error) {
	project, err := r.projectName(ctx)
	if err != nil {
		return images.Image{}, err
	}
	recipe, err := r.terraformRecipe(ctx)
	if err != nil {
		return images.Image{}, err
	}
	tools, err := r.terraformImage(ctx)
	if err != nil {
		return images.Image{}, err
	}
	return recipe.Module(ctx, tools, project)
}

// AppContainer is python, poetry and the project's dependencies.
func (r *Run) AppContainer(ctx context.Context) (*dagger.Container, error) {
	image, err := r.appImage(ctx)
	return image.Container, err
}

// TerraformContainer is terraform or OpenTofu, its tools and the providers.
func (r *Run) TerraformContainer(ctx context.Context) (*dagger.Container, error) {
	image, err := r.terraformImage(ctx)
	return image.Container, err
}

// PublishImages pushes the images and returns their digests in a format. facts are
// a CI system's variables, to derive a tag from.
func (r *Run) PublishImages(ctx context.Context, tag []string, facts *dagger.File, format string) (string, error) {
	tags, err := PublishTags(ctx, tag, facts)
	if err != nil {
		return "", err
	}
	r.purpose = pushing
	pushed, err := r.publish(ctx, tags)
	if err != nil {
		return "", err
	}
	return PushedText(pushed, format)
}

// publish pushes the app, the terraform tools and the root module with them.
func (r *Run) publish(ctx context.Context, tags []string) ([]Pushed, error) {
	if r.address() == "" {
		return nil, errors.New("no registry given: say where the images are kept with --registry, such as registry.example.com/group/app")
	}
	registry, err := r.openRegistry(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.ownTags(ctx, registry.Store, tags...); err != nil {
		return nil, err
	}
	publish := Publish{Registry: registry, Tags: tags}
	if err := publish.Prepare(ctx); err != nil {
		return nil, err
	}
	if err := registry.SignIn(ctx); err != nil {
		return nil, err
	}
	app, err := r.appImage(ctx)
	if err != nil {
		return nil, err
	}
	tools, err := r.terraformImage(ctx)
	if err != nil {
		return nil, err
	}
	module, err := r.moduleImage(ctx)
	if err != nil {
		return nil, err
	}
	return publish.Run(ctx, Entry{Image: app, Moving: true}, Entry{Image: tools}, Entry{Image: module, Moving: true})
}
