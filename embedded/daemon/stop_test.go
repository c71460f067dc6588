package daemon

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"golang.org/x/sys/unix"
)

func TestStartSolveStop(t *testing.T) {
	d := engine(t)
	c := connect(t)
	if _, err := solve(t.Context(), c, llb.Scratch().File(llb.Mkfile("/a", 0o600, []byte("a"))), client.SolveOpt{}); err != nil {
		t.Fatal(err)
	}
	info, err := Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	src, err := findSource()
	if err != nil {
		t.Fatal(err)
	}
	if !info.Running || info.PID == 0 || info.Version != src.version || info.Address != d.address() || info.Records == 0 || info.Snapshotter == "" {
		t.Errorf("Status = %+v", info)
	}
	if sid, err := unix.Getsid(info.PID); err != nil || sid != info.PID {
		t.Errorf("session %d, %v: the daemon would die with its caller's terminal", sid, err)
	}
	for _, dir := range []string{d.state, d.run} {
		if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v, want mode 0700", dir, fi, err)
		}
	}
	for _, name := range []string{d.log(), d.record(), d.config()} {
		if fi, err := os.Stat(name); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, fi, err)
		}
	}
	if freed, err := Prune(t.Context(), true); err != nil || freed <= 0 {
		t.Errorf("Prune = %d, %v", freed, err)
	}
	c.Close()
	for range 2 { // the second has nothing to do
		if err := Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		nothingLeft(t, d)
	}
	if info, err := Status(t.Context()); err != nil || info.Running || info.PID != 0 {
		t.Errorf("Status after Stop = %+v, %v", info, err)
	}
}

// TestStopSparesRunningBuild stops a daemon that serves a build: it ends with the build.
func TestStopSparesRunningBuild(t *testing.T) {
	d := engine(t)
	c := connect(t)
	ctx, interrupt := context.WithCancel(t.Context())
	done := runWaitingIn(ctx, t, d, c)
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := Stop(short); err == nil || !strings.Contains(err.Error(), "end the calls that use it") {
		t.Errorf("Stop = %v", err)
	}
	if ids := containers(t, d); len(ids) != 1 {
		t.Errorf("containers %q after Stop gave up, want the running one", ids)
	}
	interrupt()
	<-done
	c.Close()
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d)
}
