package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/embedded/daemon"
)

// TestEngineThatIsKilledIsNamed: not a registry that closed the connection, nor a
// command that failed.
func TestEngineThatIsKilledIsNamed(t *testing.T) {
	dir, err := os.MkdirTemp("", "killed") // an engine of its own
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PIPELINE_STATE_DIR", filepath.Join(dir, "s"))
	t.Setenv("PIPELINE_RUN_DIR", filepath.Join(dir, "r"))
	t.Cleanup(func() {
		if err := daemon.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	})
	s := newServer(t)
	chain(t, s, `withExec(args:["true"]){stdout`)
	info, err := daemon.Status(t.Context())
	if err != nil || info.PID == 0 {
		t.Skipf("the engine is not ours to kill: %v", err)
	}
	fail := make(chan error)
	go func() {
		_, err := tryChain(t, s, fmt.Sprintf(`withExec(args:["sh","-c","echo %s; sleep 600"]){stdout`, t.TempDir()))
		fail <- err
	}()
	for { // until the command is there
		steps := s.Steps()
		if strings.Contains(fmt.Sprint(steps), "sleep 600") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p, err := os.FindProcess(info.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	err = <-fail
	if err == nil || !strings.Contains(err.Error(), "the engine ended while it worked") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}
