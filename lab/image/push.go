package image

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"dagger/pipeline/lab/debian"
)

// Login is a registry on this machine and a login for it.
type Login struct {
	Host           string // HOST:PORT
	User, Password string
	// Transport connects to it.
	Transport http.RoundTripper
}

// Ref returns the image's full reference in a registry.
func (b Built) Ref(host string) string { return host + "/" + b.Name + ":" + b.Tag }

// Push puts the image under its tag, unless it is there already.
func (b Built) Push(ctx context.Context, to Login, progress debian.Progress) error {
	ref, err := name.ParseReference(b.Ref(to.Host), name.Insecure) // plain HTTP where it does not answer with TLS
	if err != nil {
		return fmt.Errorf("pushing base image %s: %w", b.Name, err)
	}
	options := []remote.Option{
		remote.WithContext(ctx),
		remote.WithAuth(&authn.Basic{Username: to.User, Password: to.Password}),
		remote.WithTransport(to.Transport),
	}
	if head, err := remote.Head(ref, options...); err == nil && head.Digest.String() == b.Digest {
		return nil
	}
	start := time.Now()
	digest, err := v1.NewHash(b.Digest)
	if err != nil {
		return fmt.Errorf("pushing base image %s: %w", b.Name, err)
	}
	path, err := layout.FromPath(b.dir)
	if err != nil {
		return fmt.Errorf("pushing base image %s: reading %q: %w: remove it and run up again", b.Name, b.dir, err)
	}
	img, err := path.Image(digest)
	if err != nil {
		return fmt.Errorf("pushing base image %s: reading %q: %w: remove it and run up again", b.Name, b.dir, err)
	}
	if err := remote.Write(ref, img, options...); err != nil {
		return fmt.Errorf("pushing base image %s: %w", b.Name, err)
	}
	progress("pushing base image %s ... %.1fs", b.Name, time.Since(start).Seconds())
	return nil
}
