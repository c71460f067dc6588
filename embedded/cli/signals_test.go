package cli

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	for _, tc := range []struct{ args, env, want string }{
		{"call test", "", "auto"},
		{"call test", "plain", "plain"},
		{"call test --progress tty", "plain", "tty"},
		{"--progress plain call test", "", "plain"},
		{"call --progress=dots test", "", "plain"},
		{"call -q test", "", "quiet"},
		{"-qq call test", "", "quiet"},
		{"-s call test", "", "quiet"},
		{"call -v -d test", "", "auto"},
	} {
		w := newWorld(t)
		if tc.env != "" {
			w.env["DAGGER_PROGRESS"] = tc.env
		}
		if code := w.run(strings.Fields(tc.args)...); code != 0 || w.progress != tc.want {
			t.Errorf("%s: exit code %d, progress %q, want %q: %s", tc.args, code, w.progress, tc.want, &w.err)
		}
	}
}

// TestSignals: the module's exec runs until it is interrupted, or for ever.
func TestSignals(t *testing.T) {
	for _, tc := range []struct {
		name    string
		signal  syscall.Signal
		obeys   bool // the exec ends when it is interrupted
		want    int
		killed  bool
		message string
	}{
		{"interrupt", syscall.SIGINT, true, 130, false, "process \"apply\" was interrupted"},
		{"terminate", syscall.SIGTERM, true, 143, false, "process \"apply\" was interrupted"},
		{"twice", syscall.SIGINT, false, 130, true, "interrupted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			if code := w.run("call", "test"); code != 0 { // builds
				t.Fatalf("exit code %d: %s", code, &w.err)
			}
			w.session.blocks["stdout"] = make(chan struct{}, 1)
			w.session.deaf = !tc.obeys
			go func() {
				<-w.session.blocked
				_ = syscall.Kill(os.Getpid(), tc.signal)
				if tc.obeys {
					return
				}
				for !w.session.wasInterrupted() {
					time.Sleep(time.Millisecond)
				}
				_ = syscall.Kill(os.Getpid(), tc.signal)
			}()
			code := w.run("call", "fail")
			if code != tc.want || !w.session.interrupted || w.session.killed != tc.killed {
				t.Errorf("exit code %d, interrupted %v, killed %v: %s", code, w.session.interrupted, w.session.killed, &w.err)
			}
			if last := lastLine(w.err.String()); !strings.HasSuffix(last, tc.message) {
				t.Errorf("last line %q, want %q", last, tc.message)
			}
		})
	}
}
