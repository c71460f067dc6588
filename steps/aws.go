package steps

import (
	"context"

	"dagger/pipeline/aws"
	"dagger/pipeline/internal/dagger"
)

// AWS is the account side of a run.
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
	// Accounts are the ids of the accounts that may be touched; none allows all.
	Accounts []string
	// Facts name the session and tag it.
	Facts aws.Facts
}

// Config is what the SDK needs; it reads the secrets' values into this process.
func (a AWS) Config(ctx context.Context) (aws.Config, error) {
	config := aws.Config{
		Region: a.Region, Endpoint: a.Endpoint,
		RoleARN: a.RoleARN, ExternalID: a.ExternalID,
		AllowedAccounts: a.Accounts, Facts: a.Facts,
	}
	id := aws.Secret{}
	for _, s := range []struct {
		from *dagger.Secret
		to   *aws.Secret
	}{
		{a.AccessKeyID, &id},
		{a.SecretAccessKey, &config.SecretAccessKey},
		{a.SessionToken, &config.SessionToken},
		{a.Web, &config.WebIdentityToken},
	} {
		if s.from == nil {
			continue
		}
		text, err := s.from.Plaintext(ctx)
		if err != nil {
			return aws.Config{}, err
		}
		*s.to = aws.NewSecret(text)
	}
	if !id.IsZero() {
		config.AccessKeyID = id.Reveal()
	}
	return config, nil
}

// Session is a set of credentials whose account was checked.
func (a AWS) Session(ctx context.Context) (*aws.Session, error) {
	config, err := a.Config(ctx)
	if err != nil {
		return nil, err
	}
	return aws.Resolve(ctx, config)
}
