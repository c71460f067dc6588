package steps

import (
	"errors"
	"strings"
	"testing"
)

// An engine's error about a service becomes one line: its name, what was wrong, the last
// line that it printed, and what to do.
func TestExplainService(t *testing.T) {
	ready := []string{"/bin/sh", "-c", "pg_isready"}
	own := []string{"postgres"}
	for name, test := range map[string]struct {
		text           string
		command        []string
		code           int
		stdout, stderr string
		want           string
	}{
		"it ends": {"start x (aliased as db): exit code: 2", own, 2, "starting", "cannot read /conf\nno password\n",
			`starting the service "db": it ended with exit code 2: no password: check its args and variables`},
		"it ends well": {"start db (aliased as db): service exited before healthcheck", own, 0, "", "nothing to do",
			`starting the service "db": it ended before it was ready: nothing to do: check its args and variables`},
		"its check fails": {"start db (aliased as db): health check errored: exit status 2", ready, 2, "no response", "",
			`starting the service "db": its check "pg_isready" does not succeed: no response: check ready, and what the service prints`},
		"its port is closed": {"start db (aliased as db): health check errored: checking for port 5432/tcp: connection refused", own, 1, "listening on 127.0.0.1", "",
			`starting the service "db": nothing listens on its port 5432: listening on 127.0.0.1: check port, and that the service listens on all addresses`},
		"it ends in the middle": {"bound service x (aliased as db) exited: exit code: 137", own, 137, "", "out of memory",
			`starting the service "db": it ended with exit code 137: out of memory: check its args and variables`},
		"it says nothing": {"start db (aliased as db): exit code: 1", own, 1, "", "",
			`starting the service "db": it ended with exit code 1: check its args and variables`},
	} {
		if got := explainService("db", test.text, test.command, test.code, test.stdout, test.stderr); got != test.want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	other := errors.New("another error")
	if got := serviceError(other); got != other {
		t.Errorf("got %v", got)
	}
	if got := serviceError(errors.New("start h (aliased as db, cache): interrupted\nby the caller")); strings.Contains(got.Error(), "\n") || !strings.Contains(got.Error(), `"db, cache"`) {
		t.Errorf("got %v", got)
	}
}
