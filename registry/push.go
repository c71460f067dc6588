package registry

import (
	"context"
	"errors"
	"net/http"

	"oras.land/oras-go/v2/registry/remote/auth"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// CheckPush reports whether the login may push to a repository, without pushing: it starts an upload and cancels it. The
// error says why not.
func (r Client) CheckPush(ctx context.Context, repository string) error {
	if err := checkReference(repository, "latest"); err != nil {
		return err
	}
	limit := r.limit()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := newRepo(r, repository, auth.ActionPull, auth.ActionPush)
	op := "opening an upload to \"" + c.base.Host + "/" + repository + "\""
	resp, err := c.do(ctx, http.MethodPost, "blobs/uploads/", nil)
	if err != nil {
		var known *fault.Error
		switch {
		case errors.Is(err, errMissing):
			return &fault.Error{Op: op, What: "no such repository", Fix: "publish-images creates it in ECR; elsewhere create the project first", Kind: fault.ErrNotFound}
		case errors.As(err, &known) && known.Kind == fault.ErrDenied:
			return &fault.Error{Op: op, What: known.What, Fix: "give the user, or the role, the right to push", Kind: fault.ErrDenied}
		}
		return &fault.Error{Op: op, What: secret.Scrub(fault.Excerpt(reason(ctx, err, limit)), r.Login.Password, r.Login.Raw), Fix: "check the network and the registry's address", Kind: fault.ErrUnreachable}
	}
	_ = resp.Body.Close()
	c.cancelUpload(ctx, resp)
	return nil
}

// cancelUpload ends an upload. Registries drop abandoned ones, so a failure does not matter.
func (c *repo) cancelUpload(ctx context.Context, opened *http.Response) {
	where, err := opened.Location()
	if err != nil || where.Host != c.base.Host || where.Scheme != c.base.Scheme {
		return
	}
	req, err := http.NewRequestWithContext(c.scoped(ctx), http.MethodDelete, where.String(), nil)
	if err != nil {
		return
	}
	if resp, err := c.client.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}
