package tests

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"dagger/pipeline/tests/harness"
)

const ownEngine = "a Dagger engine is started by other means"

// Two calls that find no engine start one, and share it.
func TestTwoCallsShareOneDaemon(t *testing.T) {
	e := world.Embedded(t, ownEngine).Another(t)
	w := world.On(e)
	p := world.Project(t)
	calls := []harness.Call{p.Call("terraform-container"), p.Call("terraform-container", "file", "--path", "/etc/os-release", "contents")}
	results := make([]harness.Result, len(calls))
	var group sync.WaitGroup
	for i, call := range calls {
		process := w.Start(t, call)
		group.Go(func() { results[i] = process.Wait() })
	}
	group.Wait()
	for _, r := range results {
		if r.Code != 0 {
			t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
		}
	}
	daemons := e.Daemons(t)
	if len(daemons) != 1 {
		t.Fatalf("%d daemons, want 1", len(daemons))
	}

	// Killed between two calls, it is started again and knows what it did.
	if err := syscall.Kill(daemons[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantRan(t, w.Succeed(t, calls[0]))
	again := e.Daemons(t)
	if len(again) != 1 || again[0] == daemons[0] {
		t.Errorf("daemons %v after %v was killed, want one other", again, daemons)
	}

	status := w.Succeed(t, harness.Call{Args: []string{"engine", "status"}})
	if !strings.HasPrefix(status.Stdout, "running\n") {
		t.Errorf("status: %q", status.Stdout)
	}
	w.Succeed(t, harness.Call{Args: []string{"engine", "stop"}})
	if left := e.Daemons(t); len(left) > 0 {
		t.Errorf("daemons %v are left after a stop", left)
	}
	w.Succeed(t, harness.Call{Args: []string{"engine", "stop"}}) // nothing to stop is no error
}

func TestEngineCannotStart(t *testing.T) {
	e := world.Embedded(t, ownEngine).Another(t)
	p := world.Project(t)
	t.Run("no runc", func(t *testing.T) {
		runc, err := exec.LookPath("runc")
		if err != nil {
			t.Skip("the machine has no runc to hide")
		}
		hidden := e
		hidden.Wrap = []string{"unshare", "--mount", "sh", "-c", `mount --bind /dev/null "$0" && exec "$@"`, runc}
		wantFailure(t, world.On(hidden).Run(t, p.Call("test")), 1, "no runc on PATH: apt-get install runc, or set PIPELINE_RUNC")
	})
	t.Run("not root", func(t *testing.T) {
		if _, err := exec.LookPath("setpriv"); err != nil {
			t.Skip("the machine has no setpriv to become another user with")
		}
		nobody := e
		// Another user who may read all files: the sources may lie in root's home.
		nobody.Wrap = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"}
		// What stops such a user first is that the programs in root's cache are not theirs.
		r := world.On(nobody).Run(t, p.Call("test"))
		if line := errorLine(t, r); r.Code != 1 || !strings.HasPrefix(line, "using the cache directory ") {
			t.Errorf("exit code %d, error %q", r.Code, line)
		}
	})
	t.Run("BUILDKIT_HOST is wrong", func(t *testing.T) {
		r := world.On(e).Run(t, p.Call("test").With("BUILDKIT_HOST=unix:///no/such.sock"))
		if line := errorLine(t, r); r.Code != 1 || !strings.HasPrefix(line, `connecting to BUILDKIT_HOST "unix:///no/such.sock": `) || !strings.HasSuffix(line, ": start it, or unset BUILDKIT_HOST") {
			t.Errorf("exit code %d, error %q", r.Code, line)
		}
	})
	if left := e.Daemons(t); len(left) > 0 {
		t.Errorf("daemons %v are left of starts that failed", left)
	}
}

// The engine's disk is full while it pulls.
func TestDiskFull(t *testing.T) {
	e := world.Embedded(t, ownEngine).Another(t)
	if err := os.Mkdir(e.State, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", e.State, "tmpfs", 0, "size=24m,mode=700"); err != nil {
		t.Skipf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() {
		_ = e.Command(context.Background(), "", "", []string{"engine", "stop"}).Run()
		if err := syscall.Unmount(e.State, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	r := world.On(e).Run(t, world.Project(t).Call("test"))
	const want = "the engine's disk is full: free some, or run `pipeline engine prune`"
	if line := errorLine(t, r); r.Code != 1 || line != want && line != "pulling image "+world.Lab.PythonImage+": "+want {
		t.Errorf("exit code %d, error %q", r.Code, line)
	}
}
