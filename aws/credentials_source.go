package aws

import (
	"context"
	"fmt"
	"net/http"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"dagger/pipeline/secret"
)

// Durations of a session: AWS's default, which is also the maximum for a role assumed by another role.
const (
	defaultDuration = time.Hour
	chainedDuration = time.Hour

	shortestDuration = 15 * time.Minute
	longestDuration  = 12 * time.Hour
)

// instanceRole is the name of the source that every process on a machine can take.
const instanceRole = "instance role"

// source is where credentials come from: a web identity token is exchanged for the role directly, the others provide keys.
type source struct {
	name      string
	temporary bool                       // its keys expire, so a role assumed with them is chained
	keys      awssdk.CredentialsProvider // nil for a web identity
}

// pick returns the first source that is set.
func (c Config) pick() source {
	switch {
	case !c.WebIdentityToken.IsZero():
		return source{name: "web identity"}
	case c.AccessKeyID != "":
		keys := credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey.Reveal(), c.SessionToken.Reveal())
		return source{"static keys", !c.SessionToken.IsZero(), awssdk.NewCredentialsCache(keys)}
	case c.ContainerURI != "":
		return source{"container role", true, awssdk.NewCredentialsCache(c.containerRole())}
	}
	return source{instanceRole, true, awssdk.NewCredentialsCache(c.instanceRole())}
}

// provider mints the session's credentials: the source's own, or the role's. It adds a note for whatever it changes.
func (s source) provider(c Config, policy string, notes *[]string) awssdk.CredentialsProvider {
	if c.RoleARN == "" {
		return s.keys
	}
	sdk := c.SDK()
	duration := c.Duration
	if duration == 0 {
		duration = defaultDuration
	}
	if s.keys == nil {
		return c.webIdentity(sdk, duration, policy)
	}
	if s.temporary && duration > chainedDuration {
		*notes = append(*notes, fmt.Sprintf("session of %s cut to %s: the %s is temporary, and AWS caps a chained role there", duration, chainedDuration, s.name))
		duration = chainedDuration
	}
	sdk.Credentials = s.keys
	role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(sdk), c.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = SessionName(c.Facts)
		o.Duration = duration
		o.Tags = sessionTags(c.Facts)
		if c.ExternalID != "" {
			o.ExternalID = &c.ExternalID
		}
		if policy != "" {
			o.Policy = &policy
		}
	})
	trust := "check the role's trust policy and the caller's sts:AssumeRole"
	if len(c.Facts.tags()) > 0 {
		trust += " and sts:TagSession"
	}
	return explained{role, fmt.Sprintf("assuming role %q", c.RoleARN), trust, c.secrets()}
}

// webIdentity exchanges the token for the role. STS takes the session's tags from the token's claims, not from the call.
func (c Config) webIdentity(sdk awssdk.Config, duration time.Duration, policy string) awssdk.CredentialsProvider {
	role := stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(sdk), c.RoleARN, token{c.WebIdentityToken}, func(o *stscreds.WebIdentityRoleOptions) {
		o.RoleSessionName = SessionName(c.Facts)
		o.Duration = duration
		if policy != "" {
			o.Policy = &policy
		}
	})
	return explained{role, fmt.Sprintf("assuming role %q with a web identity token", c.RoleARN), "check the role's trust policy: provider, audience and subject", c.secrets()}
}

// token passes a token to the SDK.
type token struct{ secret.Value }

func (t token) GetIdentityToken() ([]byte, error) { return []byte(t.Reveal()), nil }

// containerRole reads the keys that ECS or EKS serve to a container.
func (c Config) containerRole() awssdk.CredentialsProvider {
	p := endpointcreds.New(c.containerURL(), func(o *endpointcreds.Options) {
		o.AuthorizationToken = c.ContainerToken.Reveal()
		o.HTTPClient = direct(c.httpClient())
		o.Retryer = newRetryer(c.Backoff)
	})
	return explained{p, fmt.Sprintf("reading the container's role at %q", c.containerURL()), "check the task's or the pod's role, and its authorization token", c.secrets()}
}

// instanceRole reads the instance's keys through IMDSv2 only. The SDK's short timeouts stay: if the service is out of
// reach, packets are dropped, not refused.
func (c Config) instanceRole() awssdk.CredentialsProvider {
	client := imds.New(imds.Options{
		Endpoint:       c.IMDSEndpoint,
		EnableFallback: awssdk.FalseTernary,
		Retryer:        newRetryer(c.Backoff),
		// The SDK would put its own back-off in place of ours.
		DisableDefaultMaxBackoff: true,
		HTTPClient:               awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.Proxy = nil }),
	})
	return instance{ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = client }), c.IMDSEndpoint}
}

// direct removes the proxy from a client: a proxy must not be asked for link-local addresses.
func direct(c *http.Client) *http.Client {
	c.Transport.(*http.Transport).Proxy = nil
	return c
}

// explained turns a provider's errors into one line. Some providers of the SDK go on with expired credentials when a
// refresh fails: here a failed refresh is an error.
type explained struct {
	inner   awssdk.CredentialsProvider
	op      string
	denied  string
	secrets []secret.Value
}

func (p explained) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	c, err := p.inner.Retrieve(ctx)
	if err != nil {
		return c, explain(p.op, err, p.denied, p.secrets...)
	}
	return c, nil
}
