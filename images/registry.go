// Package images defines the two containers of the pipeline: what is in them
// and in which order, so that what changes seldom comes first.
package images

import (
	"context"
	"path"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/internal/dagger"
)

var dag = dagger.Connect()

// Registry is where the pipeline keeps its images, and the login that it asks
// for. The zero value keeps none: everything is built, and pulled without a
// login or with that of the caller's docker configuration.
type Registry struct {
	// Path is that of the images' repositories: they are PATH/app and
	// PATH/terraform.
	Path string
	// Login names the host too. Password is its password once more, for the
	// engine.
	Login    aws.Login
	Password *dagger.Secret
}

// Given tells whether there is a registry.
func (r Registry) Given() bool { return r.Login.Host != "" }

// Host is the registry's name as it is in references, without a scheme.
func (r Registry) Host() string {
	host, _ := aws.SplitRegistry(r.Login.Host)
	return host
}

// Repository is the path of an image's repository in the registry.
func (r Registry) Repository(name string) string { return path.Join(r.Path, name) }

// Reference is HOST/PATH/NAME:TAG.
func (r Registry) Reference(name, tag string) string {
	return r.Host() + "/" + r.Repository(name) + ":" + tag
}

// SignIn makes the engine use the login for the rest of the session.
//
// A login holds for the whole session, whichever container asks for it. So a
// container that is thrown away logs in: on the one that is used, engines up to
// v0.21.8 would take the login into the cache key of every later step.
func (r Registry) SignIn(ctx context.Context) error {
	if !r.Given() || r.Password == nil {
		return nil
	}
	_, err := dag.Container().WithRegistryAuth(r.Host(), r.Login.Username, r.Password).Sync(ctx)
	return err
}

// from pulls an image, logging in where the image is in this registry.
func (r Registry) from(ctx context.Context, image string) (*dagger.Container, error) {
	if strings.HasPrefix(image, r.Host()+"/") {
		if err := r.SignIn(ctx); err != nil {
			return nil, err
		}
	}
	return dag.Container().From(image), nil
}
