package session

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// parseReference reads an image address the way docker does: "python" is
// docker.io/library/python:latest.
func parseReference(address string) (reference.Named, error) {
	ref, err := reference.ParseNormalizedNamed(address)
	if err != nil {
		return nil, err
	}
	return reference.TagNameOnly(ref), nil
}

// from is the container of an image. The tag is resolved now, and its current
// digest is used from then on.
func (s *Server) from(ctx context.Context, c *container, address string) (*container, error) {
	ref, err := parseReference(address)
	if err != nil {
		return nil, fmt.Errorf("pulling image %q: %w", address, err)
	}
	gw, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	_, dgst, config, err := gw.ResolveImageConfig(ctx, ref.String(), sourceresolver.Opt{
		LogName:  "[internal] look up " + address,
		ImageOpt: &sourceresolver.ResolveImageOpt{Platform: &c.image.Platform, ResolveMode: "default"},
	})
	if err != nil {
		return nil, fmt.Errorf("pulling image %s: %w", address, err)
	}
	var image ocispecs.Image
	if err := json.Unmarshal(config, &image); err != nil {
		return nil, fmt.Errorf("pulling image %s: reading its configuration: %w", address, err)
	}
	pinned, err := reference.WithDigest(reference.TrimNamed(ref), dgst)
	if err != nil {
		return nil, fmt.Errorf("pulling image %s: %w", address, err)
	}
	n := c.clone()
	n.fs = llb.Image(pinned.String(), llb.Platform(c.image.Platform), llb.WithCustomName(pullPrefix+address))
	n.image = image
	n.imageRef = pinned.String()
	n.mounts, n.last = nil, nil
	return n, nil
}
