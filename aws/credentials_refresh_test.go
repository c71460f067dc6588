package aws_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// A session that ends is minted again; a mint that fails is an error, not the old session.
func TestRefresh(t *testing.T) {
	f := awstest.NewFake(t)
	f.Lifetime = -time.Second // over as soon as it is given
	s := awstest.Resolve(t, awstest.WithWeb(awstest.Config(f)))
	before := len(f.Of("AssumeRoleWithWebIdentity"))
	for range 3 {
		if _, err := s.Credentials(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(f.Of("AssumeRoleWithWebIdentity")) - before; got != 3 {
		t.Errorf("%d assumptions for 3 uses of ended sessions", got)
	}
	f.Close()
	if _, err := s.Credentials(t.Context()); !errors.Is(err, fault.ErrUnreachable) {
		t.Errorf("a failed refresh: %v", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := aws.Resolve(ctx, awstest.WithWeb(awstest.Config(awstest.NewFake(t)))); !errors.Is(err, fault.ErrCanceled) {
		t.Errorf("error: %v", err)
	}
}

// Files and variables often end in a line break.
func TestWhiteSpaceIsTakenOff(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.WithWeb(awstest.Config(f))
	c.WebIdentityToken = secret.New(awstest.CanaryToken + "\n")
	awstest.Resolve(t, c)
	if got := f.Of("AssumeRoleWithWebIdentity")[0].Form.Get("WebIdentityToken"); got != awstest.CanaryToken {
		t.Errorf("sent %q", got)
	}
}
