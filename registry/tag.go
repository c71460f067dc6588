package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"oras.land/oras-go/v2/registry/remote/auth"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// Tag makes a tag name the image that a repository has under digest, and reports whether that changed anything. The
// image's content is not moved. An error of kind ErrUnreachable means that this process cannot reach the registry.
func (r Client) Tag(ctx context.Context, repository, digest, tag string) (bool, error) {
	if err := checkReference(repository, tag); err != nil {
		return false, err
	}
	limit := r.limit()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := newRepo(r, repository, auth.ActionPull, auth.ActionPush)
	op := fmt.Sprintf("tagging \"%s/%s@%s\" as %q", c.base.Host, repository, digest, tag)
	now, err := c.head(ctx, tag)
	if err == nil && now == digest {
		return false, nil
	}
	if err == nil || errors.Is(err, errMissing) {
		err = c.tag(ctx, digest, tag)
	}
	var known *fault.Error
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errMissing):
		return false, &fault.Error{Op: op, What: "no such image", Fix: "publish it again", Kind: fault.ErrNotFound}
	case errors.As(err, &known):
		return false, &fault.Error{Op: op, What: secret.Scrub(known.What, r.Login.Password, r.Login.Raw), Fix: known.Fix, Kind: known.Kind}
	}
	return false, &fault.Error{Op: op, What: secret.Scrub(fault.Excerpt(reason(ctx, err, limit)), r.Login.Password, r.Login.Raw), Fix: "check the network and the registry's address", Kind: fault.ErrUnreachable}
}

// tag puts an existing manifest under one more name.
func (c *repo) tag(ctx context.Context, digest, tag string) error {
	manifest, err := c.byDigest(ctx, "manifests", digest)
	if err != nil {
		return err
	}
	resp, err := c.do(ctx, http.MethodPut, "manifests/"+tag, manifest, "Content-Type", mediaType(manifest))
	var known *fault.Error
	switch {
	case err == nil:
		return resp.Body.Close()
	case errors.As(err, &known) && known.Kind == fault.ErrDenied:
		return &fault.Error{What: known.What, Fix: "give the user, or the role, the right to push", Kind: fault.ErrDenied}
	case errors.As(err, &known):
		return &fault.Error{What: known.What, Fix: "a tag that may not move there needs to be excluded from immutability", Kind: known.Kind}
	}
	return err
}

// mediaType is a manifest's own media type; old manifests without one are recognized by their form.
func mediaType(manifest []byte) string {
	var m struct {
		MediaType string          `json:"mediaType"`
		Manifests json.RawMessage `json:"manifests"`
	}
	_ = json.Unmarshal(manifest, &m)
	switch {
	case m.MediaType != "":
		return m.MediaType
	case m.Manifests != nil:
		return "application/vnd.oci.image.index.v1+json"
	}
	return "application/vnd.oci.image.manifest.v1+json"
}
