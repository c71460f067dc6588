package session

import (
	"context"
	"errors"
	"testing"

	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
)

// counter is an engine that counts what it is asked to solve, and fails while
// failing is set.
type counter struct {
	gateway.Client
	solves  int
	failing error
}

func (c *counter) Solve(context.Context, gateway.SolveRequest) (*gateway.Result, error) {
	c.solves++
	return gateway.NewResult(), c.failing
}

func TestASessionSolvesTheSameOnce(t *testing.T) {
	s, gw := New(Options{}), &counter{failing: errors.New("no space left")}
	solve := func(path string) error {
		t.Helper()
		def, err := llb.Scratch().File(llb.Mkdir(path, 0o755)).Marshal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.request(t.Context(), gw, def.ToPB())
		return err
	}
	if err := solve("/a"); !errors.Is(err, gw.failing) {
		t.Fatalf("got %v", err)
	}
	gw.failing = nil
	for _, path := range []string{"/a", "/a", "/b", "/a", "/b"} {
		if err := solve(path); err != nil {
			t.Fatalf("%s: what failed before is not to be remembered: %v", path, err)
		}
	}
	if want := 3; gw.solves != want { // the failed one, and one for each directory
		t.Errorf("the engine solved %d times, want %d", gw.solves, want)
	}
}
