package aws

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A session that ends is minted again; a mint that fails is an error, not the old session.
func TestRefresh(t *testing.T) {
	f := newFake(t)
	f.lifetime = -time.Second // over as soon as it is given
	s := resolve(t, withWeb(quick(f)))
	before := len(f.of("AssumeRoleWithWebIdentity"))
	for range 3 {
		if _, err := s.Credentials(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(f.of("AssumeRoleWithWebIdentity")) - before; got != 3 {
		t.Errorf("%d assumptions for 3 uses of ended sessions", got)
	}
	f.Close()
	if _, err := s.Credentials(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("a failed refresh: %v", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Resolve(ctx, withWeb(quick(newFake(t)))); !errors.Is(err, ErrCanceled) {
		t.Errorf("error: %v", err)
	}
}

// Files and variables often end in a line break.
func TestWhiteSpaceIsTakenOff(t *testing.T) {
	f := newFake(t)
	c := withWeb(quick(f))
	c.WebIdentityToken = NewSecret(canaryToken + "\n")
	resolve(t, c)
	if got := f.of("AssumeRoleWithWebIdentity")[0].Form.Get("WebIdentityToken"); got != canaryToken {
		t.Errorf("sent %q", got)
	}
}
