package steps

import (
	"context"
	"fmt"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/secret"
	"dagger/pipeline/tell"
)

// AWS is the account side of a run: where credentials come from, and which are
// allowed. The first source that is given is used: web identity, keys, the
// container's role, the instance's role.
type AWS struct {
	Region          string
	Endpoint        string
	AccessKeyID     *dagger.Secret
	SecretAccessKey *dagger.Secret
	SessionToken    *dagger.Secret

	// Web is an OIDC token of the CI system, RoleARN the role to assume with it
	// (or with the keys).
	Web        *dagger.Secret
	RoleARN    string
	ExternalID string
	// Container is the URI of a container's role (ECS, EKS Pod Identity), and
	// ContainerToken the token to send to it.
	Container      string
	ContainerToken *dagger.Secret
	// Instance is the URL of the instance's metadata service.
	Instance string
	// Duration of a session that is minted, such as "2h"; empty for 1 h.
	Duration string
	// Accounts are the ids of the accounts that a run may use; none allows all.
	Accounts []string
	// Facts name the session and tag it.
	Facts aws.Facts

	// session is that of all who have the same facts; nil opens one for each use.
	session *once[*aws.Session]
}

// in is the same account in another region, which wants a session of its own.
func (a AWS) in(region string) AWS {
	if region != a.Region {
		a.Region, a.session = region, nil
	}
	return a
}

// Given reports whether any source of credentials is named, even an incomplete one.
func (a AWS) Given() bool {
	return a.AccessKeyID != nil || a.SecretAccessKey != nil || a.SessionToken != nil || a.minted()
}

// minted tells whether credentials are got for the run, by a role or from the
// machine, and so end while it goes on.
func (a AWS) minted() bool {
	return a.Web != nil || a.RoleARN != "" || a.Container != "" || a.Instance != ""
}

// Config is what the SDK needs; it reads the secrets' values into this process.
func (a AWS) Config(ctx context.Context) (aws.Config, error) {
	config := aws.Config{
		Region: a.Region, Endpoint: a.Endpoint,
		RoleARN: a.RoleARN, ExternalID: a.ExternalID,
		ContainerURI: a.Container, IMDSEndpoint: a.Instance,
		AllowedAccounts: a.Accounts, Facts: a.Facts,
	}
	if a.Duration != "" {
		var err error
		if config.Duration, err = time.ParseDuration(a.Duration); err != nil {
			return aws.Config{}, badDuration(a.Duration)
		}
	}
	id := secret.Value{}
	for _, s := range []struct {
		flag string
		from *dagger.Secret
		to   *secret.Value
	}{
		{"--aws-access-key-id", a.AccessKeyID, &id},
		{"--aws-secret-access-key", a.SecretAccessKey, &config.SecretAccessKey},
		{"--aws-session-token", a.SessionToken, &config.SessionToken},
		{"--web-identity-token", a.Web, &config.WebIdentityToken},
		{"--container-token", a.ContainerToken, &config.ContainerToken},
	} {
		value, err := plain(ctx, s.flag, s.from)
		if err != nil {
			return aws.Config{}, err
		}
		*s.to = secret.New(value)
	}
	config.AccessKeyID = id.Reveal()
	return config, nil
}

// Session is a set of credentials whose account was checked, opened once for
// all callers with the same facts. It prints in which ways the session differs
// from the request.
func (a AWS) Session(ctx context.Context) (*aws.Session, error) {
	if a.session == nil {
		return a.open(ctx)
	}
	return a.session.get(func() (*aws.Session, error) { return a.open(ctx) })
}

func (a AWS) open(ctx context.Context) (*aws.Session, error) {
	config, err := a.Config(ctx)
	if err != nil {
		return nil, err
	}
	session, err := aws.Resolve(ctx, config)
	if err != nil {
		return nil, err
	}
	tell.Once(fmt.Sprintf("aws: %s of account %s, from %s", session.Identity.ARN, session.Identity.Account, session.Source))
	for _, note := range session.Notes {
		tell.Once("aws: " + note)
	}
	return session, nil
}
