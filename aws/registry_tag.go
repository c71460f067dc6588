package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Tag makes a tag name the image that a repository has under digest, and tells whether it did not before. The image's
// content is not moved. An error of kind ErrUnreachable means that this process cannot reach the registry.
func (r Registry) Tag(ctx context.Context, repository, digest, tag string) (bool, error) {
	if err := checkReference(repository, tag); err != nil {
		return false, err
	}
	limit := r.limit()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := newRegistryClient(r, repository)
	c.scope = "pull,push"
	op := fmt.Sprintf("tagging \"%s/%s@%s\" as %q", c.base.Host, repository, digest, tag)
	now, err := c.head(ctx, tag)
	if err == nil && now == digest {
		return false, nil
	}
	if err == nil || errors.Is(err, errMissing) {
		err = c.tag(ctx, digest, tag)
	}
	var known *Error
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errMissing):
		return false, &Error{Op: op, What: "no such image", Fix: "publish it again", Kind: ErrNotFound}
	case errors.As(err, &known):
		return false, &Error{Op: op, What: scrub(known.What, r.Login.Password, r.Login.Raw), Fix: known.Fix, Kind: known.Kind}
	}
	return false, &Error{Op: op, What: scrub(excerpt(reason(ctx, err, limit)), r.Login.Password, r.Login.Raw), Fix: "check the network and the registry's address", Kind: ErrUnreachable}
}

// tag puts a manifest that is there under one more name.
func (c *registryClient) tag(ctx context.Context, digest, tag string) error {
	manifest, err := c.byDigest(ctx, "manifests", digest)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base.JoinPath("v2", c.repository, "manifests", tag).String(), bytes.NewReader(manifest))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", mediaType(manifest))
		if c.auth != "" {
			req.Header.Set("Authorization", c.auth)
		}
		resp, err := c.http.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		switch {
		case resp.StatusCode/100 == 2:
			return nil
		case resp.StatusCode == http.StatusUnauthorized && try == 1:
			if err := c.authenticate(ctx, resp.Header); err != nil {
				return err
			}
		case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
			return &Error{What: resp.Status, Fix: "give the user, or the role, the right to push", Kind: ErrDenied}
		case resp.StatusCode/100 == 5 && try < 3:
		default:
			return &Error{What: "the registry answered " + resp.Status, Fix: "a tag that may not move there needs to be excluded from immutability", Kind: ErrServer}
		}
	}
}

// mediaType is what a manifest says it is; old ones that say nothing are told by their form.
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
