// Package images defines the two containers of the pipeline: what is in them
// and in which order, so that what changes seldom comes first.
package images

import (
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
func (l Login) from(image string) *dagger.Container {
	c := dag.Container()
	host, _, _ := strings.Cut(l.Registry, "/")
	if l.Password != nil && strings.HasPrefix(image, host+"/") {
		c = c.WithRegistryAuth(host, l.Username, l.Password)
	}
	return c.From(image)
}
