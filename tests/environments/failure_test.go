package environments

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

var traceParent = regexp.MustCompile(` \[traceparent:[0-9a-f-]+\]$`)

// problem is the one line that says why a call failed.
func problem(t *testing.T, r harness.Result) string {
	t.Helper()
	if r.Code == 0 {
		t.Fatalf("the call succeeded: %s", r.Stdout)
	}
	var found []string
	for line := range strings.Lines(r.Stderr) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "Error: "); ok {
			found = append(found, traceParent.ReplaceAllString(text, ""))
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d error lines, want 1\n%s", len(found), r.Stderr)
	}
	return found[0]
}

// refused checks that a call fails with a code and a line that holds these texts in this order.
func refused(t *testing.T, c harness.Call, code int, texts ...string) {
	t.Helper()
	wantRefusal(t, world.Run(t, c), code, texts...)
}

func wantRefusal(t *testing.T, r harness.Result, code int, texts ...string) {
	t.Helper()
	line := problem(t, r)
	if r.Code != code {
		t.Errorf("exit code %d, want %d", r.Code, code)
	}
	if r.Stdout != "" {
		t.Errorf("a refused call printed a result: %q", r.Stdout)
	}
	rest := line
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("error\n  %s\nhas no %q", line, text)
			return
		}
		rest = after
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
