package daemon

import (
	"strings"
	"testing"
)

func TestFailureLine(t *testing.T) {
	for log, want := range map[string]string{
		"time=\"T\" level=info msg=\"auto snapshotter: using overlayfs\"\nbuildkitd: could not lock /s/buildkitd.lock\nmain.main\n\t/x.go:1\n": "could not lock /s/buildkitd.lock",
		"unshare: unshare failed: Operation not permitted\n":                                   "unshare: unshare failed: Operation not permitted",
		"time=\"T\" level=info msg=a\npanic: page 3 already freed\n\ngoroutine 1 [running]:\n": "panic: page 3 already freed",
		"time=\"T\" level=error msg=\"a \\\"quoted\\\" thing\" error=x\nlast words":            `a "quoted" thing`,
		"first\nlast words\n": "last words",
		"":                    "it ended without an error message",
	} {
		if got := failureLine(log); got != want {
			t.Errorf("%q: got %q, want %q", log, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	d := dirs{state: "/s", run: "/r"}
	for failure, want := range map[string]string{
		"write /s/history.db: no space left on device":     "free some space",
		"could not lock /s/x, another instance running?":   `another buildkitd uses "/s"`,
		"unshare: unshare failed: Operation not permitted": "run privileged",
		"panic: page 3 already freed":                      `remove "/s"`,
		"something new":                                    "see /r/buildkitd.log",
	} {
		if got := hint(failure, d); !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", failure, got, want)
		}
	}
}
