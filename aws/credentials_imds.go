package aws

import (
	"context"
	"errors"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
)

// instance is the instance's role, with errors that name the usual causes.
type instance struct {
	inner    awssdk.CredentialsProvider
	endpoint string
}

const hopLimit = "from a container the instance's metadata hop limit must be 2, from a nested one 3 " +
	"(aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 3), or give a web identity token or keys"

func (p instance) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	c, err := p.inner.Retrieve(ctx)
	if err == nil {
		return c, nil
	}
	endpoint := p.endpoint
	if endpoint == "" {
		endpoint = "http://169.254.169.254"
	}
	op := fmt.Sprintf("reading the instance's role at %q", endpoint)
	switch status(err) {
	case 0:
		out := explain(op, err, "")
		if errors.Is(out, ErrCanceled) {
			return c, out
		}
		if !errors.Is(out, ErrServer) {
			out.Kind, out.Fix = ErrUnreachable, hopLimit
		}
		return c, out
	case 404:
		return c, &Error{Op: op, What: "the instance has no role", Fix: "attach an instance profile, or give a web identity token or keys", Kind: ErrNotFound}
	case 403:
		return c, &Error{Op: op, What: "the metadata service is switched off", Fix: "enable it with IMDSv2, or give a web identity token or keys", Kind: ErrDenied}
	}
	return c, explain(op, err, "")
}
