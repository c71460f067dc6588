package daemon

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
)

// TestKilledDaemon kills the daemon while a container runs.
func TestKilledDaemon(t *testing.T) {
	d := engine(t)
	c := connect(t)
	old := pid(t)
	done := runWaiting(t, d, c)
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("the build of a killed daemon succeeded")
	}
	if ids := containers(t, d); len(ids) == 0 {
		t.Error("no container is left: this test tests nothing")
	}
	c = connect(t)
	if now := pid(t); now == old || now == 0 {
		t.Errorf("pid %d after %d was killed", now, old)
	}
	if ids := containers(t, d); len(ids) > 0 {
		t.Errorf("containers %q are left", ids)
	}
	if _, err := solve(t.Context(), c, llb.Scratch().File(llb.Mkfile("/b", 0o600, nil)), client.SolveOpt{}); err != nil {
		t.Error(err)
	}
}

// TestKilledThenStopped has no next start that could clean up.
func TestKilledThenStopped(t *testing.T) {
	d := engine(t)
	done := runWaiting(t, d, connect(t))
	if err := syscall.Kill(pid(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-done
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d)
}

// runWaiting starts a container that runs until it is killed.
func runWaiting(t *testing.T, d dirs, c *client.Client) <-chan error {
	t.Helper()
	return runWaitingIn(t.Context(), t, d, c)
}

func runWaitingIn(ctx context.Context, t *testing.T, d dirs, c *client.Client) <-chan error {
	t.Helper()
	s, opt := probe(t, []string{"wait"})
	done := make(chan error, 1)
	go func() {
		_, err := solve(ctx, c, s, opt)
		done <- err
	}()
	deadline, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := poll(deadline, func() (bool, error) { return len(containers(t, d)) > 0, nil }); err != nil {
		t.Fatalf("waiting for the container: %v", err)
	}
	return done
}
