// Package images defines the two containers of the pipeline: what is in them
// and in which order, so that what rarely changes comes first.
package images

import (
	"context"
	"path"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/registry"
	"dagger/pipeline/trust"
)

var dag = dagger.Connect()

// Store is where the pipeline keeps its images, and the login for it. Without a
// host it keeps none: everything is built, and base images are pulled without a
// login or with that of the caller's Docker configuration. Its levels still
// guard.
type Store struct {
	// Path is that of the images' repositories: they are PATH/app and
	// PATH/terraform, those of the open level PATH/open/app and PATH/open/terraform.
	Path string
	// Service reports that the project has its own image, in PATH/service.
	Service bool
	// Platform is the platform of the images to look up and pull, "" for the engine's.
	Platform dagger.Platform
	// Reads are the levels whose images the run may use, in the order of look-up.
	// Writes is the level that its own belong to.
	Reads  []trust.Level
	Writes trust.Level
	// Login names the host too. Password is its password again, for the
	// engine.
	Login    registry.Login
	Password *dagger.Secret

	// Ask replaces the registry in tests.
	Ask func(ctx context.Context, repository, tag string) (found registry.Lookup, content string, err error)
}

// Given reports whether there is a registry.
func (r Store) Given() bool { return r.Login.Host != "" }

// Host is the registry's name as it is in references, without a scheme.
func (r Store) Host() string {
	host, _ := registry.Split(r.Login.Host)
	return host
}

// Repository is the path of an image's repository of a level.
func (r Store) Repository(level trust.Level, name string) string {
	return path.Join(level.Path(r.Path), name)
}

// Names are the names of the images, which are the last parts of their repositories' paths.
func (r Store) Names() []string {
	if r.Service {
		return []string{"app", "terraform", "service"}
	}
	return []string{"app", "terraform"}
}

// Repositories are the paths of all repositories of some levels.
func (r Store) Repositories(levels ...trust.Level) []string {
	var out []string
	for _, level := range levels {
		for _, name := range r.Names() {
			out = append(out, r.Repository(level, name))
		}
	}
	return out
}

// Reference is HOST/PATH/NAME:TAG of the level that the run writes.
func (r Store) Reference(name, tag string) string { return r.reference(r.Writes, name, tag) }

func (r Store) reference(level trust.Level, name, tag string) string {
	return r.Host() + "/" + r.Repository(level, name) + ":" + tag
}

// SignIn makes the engine use the login for the rest of the session.
//
// A login applies to the whole session, whichever container requests it. So a
// throwaway container logs in: on the one that is used, engines up to v0.21.8
// would include the login in the cache key of every later step.
func (r Store) SignIn(ctx context.Context) error {
	if !r.Given() || r.Password == nil {
		return nil
	}
	_, err := dag.Container().WithRegistryAuth(r.Host(), r.Login.Username, r.Password).Sync(ctx)
	return err
}

// from pulls an image, logging in where the image is in this registry. Its reference can
// be asked for until something is set on it, so whoever installs in it makes it root's.
func (r Store) from(ctx context.Context, image string) (*dagger.Container, error) {
	if err := trust.CheckImage(image, r.Reads); err != nil {
		return nil, err
	}
	if registry.Of(image) == r.Host() {
		if err := r.SignIn(ctx); err != nil {
			return nil, err
		}
	}
	return dag.Container(dagger.ContainerOpts{Platform: r.Platform}).From(image), nil
}

// Pinned pulls an image by its current digest, and returns its reference with that
// digest.
func (r Store) Pinned(ctx context.Context, image string) (*dagger.Container, string, error) {
	c, err := r.from(ctx, image)
	if err != nil {
		return nil, "", err
	}
	reference, err := c.ImageRef(ctx)
	if err != nil {
		return nil, "", err
	}
	return dag.Container().From(reference), reference, nil
}
