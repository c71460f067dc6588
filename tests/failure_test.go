package tests

import (
	"regexp"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

var (
	traceParent = regexp.MustCompile(` \[traceparent:[0-9a-f-]+\]$`)
	usageHint   = regexp.MustCompile(`^Run '[^']+ --help' for usage\.$`)
)

// errorLine returns the one line that says why a call failed. More than one, or anything of a
// program's insides, fails the test.
func errorLine(t *testing.T, r harness.Result) string {
	t.Helper()
	var found []string
	lines := strings.Split(strings.TrimRight(r.Stderr, "\n"), "\n")
	for _, line := range lines {
		if text, ok := strings.CutPrefix(line, "Error: "); ok {
			found = append(found, traceParent.ReplaceAllString(text, ""))
		}
		for _, inside := range []string{"goroutine ", "panic: ", "runtime error", "%!", "rpc error", "map["} {
			if strings.Contains(line, inside) {
				t.Errorf("the output shows a program's insides: %q", line)
			}
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d error lines, want 1\n%s", len(found), r.Stderr)
	}
	last := lines[len(lines)-1]
	if usageHint.MatchString(last) && len(lines) > 1 {
		last = lines[len(lines)-2]
	}
	if !strings.HasPrefix(last, "Error: ") {
		t.Errorf("the last line is %q, not the error", last)
	}
	return found[0]
}

// wantFailure checks the exit code and the error of a call.
func wantFailure(t *testing.T, r harness.Result, code int, message string) {
	t.Helper()
	if r.Code != code {
		t.Errorf("exit code %d, want %d", r.Code, code)
	}
	if r.Stdout != "" {
		t.Errorf("a failed call printed a result: %q", r.Stdout)
	}
	if got := errorLine(t, r); got != message {
		t.Errorf("error\n  %s\nwant\n  %s", got, message)
	}
}
