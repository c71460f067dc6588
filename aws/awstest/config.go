package awstest

import (
	"context"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/secret"
)

// Config is a configuration whose pauses and limits are short.
func Config(f *Fake) aws.Config {
	return aws.Config{
		Region: "eu-west-1", Endpoint: f.URL, IMDSEndpoint: f.URL,
		Facts:        aws.Facts{Project: "group/app", Pipeline: "4711", Environment: "mr-7"},
		Backoff:      func(int) time.Duration { return time.Millisecond },
		AttemptLimit: 2 * time.Second,
	}
}

// WithWeb adds a web identity token and its role.
func WithWeb(c aws.Config) aws.Config {
	c.WebIdentityToken, c.RoleARN = secret.New(CanaryToken), RoleARN
	return c
}

// WithKeys adds keys that last.
func WithKeys(c aws.Config) aws.Config {
	c.AccessKeyID, c.SecretAccessKey = StaticKey, secret.New(CanarySecret)
	return c
}

// WithTemporary adds keys with a session token.
func WithTemporary(c aws.Config) aws.Config {
	c.AccessKeyID, c.SecretAccessKey, c.SessionToken = TemporaryKey, secret.New(CanarySecret), secret.New(CanarySession)
	return c
}

// Resolve opens the session of a configuration.
func Resolve(t *testing.T, c aws.Config) *aws.Session {
	t.Helper()
	s, err := aws.Resolve(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Acting is an operation of a session.
func Acting(do func(context.Context, *aws.Session) error) func(context.Context, *Fake) error {
	return func(ctx context.Context, f *Fake) error {
		c := WithKeys(Config(f))
		c.AttemptLimit = 150 * time.Millisecond
		s, err := aws.Resolve(ctx, c)
		if err != nil {
			return err
		}
		return do(ctx, s)
	}
}
