package aws

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"dagger/pipeline/fault"
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
	op := fmt.Sprintf("reading the instance's role at %q", p.endpoint)
	switch code := metadataStatus(err); code {
	case 0:
		out := explain(op, err, "")
		if errors.Is(out, fault.ErrUnreachable) {
			out.Fix = hopLimit
		}
		return c, out
	case 404:
		return c, &fault.Error{Op: op, What: "the instance has no role", Fix: "attach an instance profile, or give a web identity token or keys", Kind: fault.ErrNotFound}
	case 403:
		return c, &fault.Error{Op: op, What: "the metadata service is switched off", Fix: "enable it with IMDSv2, or give a web identity token or keys", Kind: fault.ErrDenied}
	default:
		v := fault.ByStatus(code)
		return c, &fault.Error{Op: op, What: v.What, Fix: v.Fix, Kind: v.Kind}
	}
}

var statusText = regexp.MustCompile(`StatusCode: (\d{3})`)

// metadataStatus is the status that the metadata service returned. The SDK hides the status of the token request from
// errors.As, so it is read from the text.
func metadataStatus(err error) int {
	if code := Status(err); code != 0 {
		return code
	}
	if found := statusText.FindStringSubmatch(err.Error()); found != nil {
		code, _ := strconv.Atoi(found[1])
		return code
	}
	return 0
}
