// Package images defines the two containers of the pipeline: what is in them
// and in which order, so that what changes seldom comes first.
package images

import (
	"context"
	"strings"

	"dagger/pipeline/internal/dagger"
)

var dag = dagger.Connect()

// Login is what the registry of the base images asks for. The zero value pulls
// without one, or with the login of the caller's docker configuration.
type Login struct {
	Registry string
	Username string
	Password *dagger.Secret
}

// from pulls an image, logging in where the image is in the login's registry.
//
// A login holds for the whole session, whichever container asks for it. So a
// container that is thrown away logs in: on the one that is used, engines up to
// v0.21.8 would take the login into the cache key of every later step.
func (l Login) from(ctx context.Context, image string) (*dagger.Container, error) {
	host, _, _ := strings.Cut(l.Registry, "/")
	if l.Password != nil && strings.HasPrefix(image, host+"/") {
		if _, err := dag.Container().WithRegistryAuth(host, l.Username, l.Password).Sync(ctx); err != nil {
			return nil, err
		}
	}
	return dag.Container().From(image), nil
}
