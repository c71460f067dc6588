package python

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// started counts the services that a call started; it is known on the embedded engine only.
func started(r harness.Result) int {
	n := 0
	for _, s := range r.Steps {
		if strings.HasPrefix(s.Name, "service ") {
			n++
		}
	}
	return n
}

// The example's database is there while its tests run, and only then.
func TestServices(t *testing.T) {
	p := world.Service(t)
	embedded := world.Engine.Name() == "embedded"
	if r := passes(t, p, "2 tests passed"); embedded && started(r) != 1 {
		t.Errorf("%d services were started", started(r))
	}
	if r := passes(t, p, "2 tests passed"); embedded && (started(r) != 0 || tested(r)) {
		t.Errorf("of a result that is remembered, %d services were started; tests ran: %v", started(r), tested(r))
	}

	// Each run has one of its own: that of the last one had "left".
	p.Append("tests/test_visits.py", "\n\ndef test_alone():\n    store = visits.connect()\n    assert store.get(\"left\") is None\n    store.set(\"left\", 1)\n    assert 0\n")
	for range 2 {
		r := world.Run(t, p.Call("test"))
		if want := "1 of 3 tests failed: tests.test_visits.test_alone"; r.Code != 1 || !strings.Contains(r.Stderr, want) || embedded && started(r) != 1 {
			t.Errorf("exit code %d, %d services, want %q in\n%s", r.Code, started(r), want, r.Stderr)
		}
	}
}

// What is wrong with a service is said in one line.
func TestServiceIsNotThere(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"it ends", "port = 6379", "port = 6379\nargs = [\"--no-such-option\", \"1\"]", `starting the service "redis": it ended with exit code 1: `},
		{"no image", "image = \"", "image = \"" + world.Lab.Registry + "/none/", `starting the service "redis": `},
		{"no secret", "port = 6379", "port = 6379\nsecrets = { PASSWORD = \"REDIS_PASSWORD\" }", `starting the service "redis": its variable PASSWORD is to have the value of REDIS_PASSWORD, which is not in --test-secrets`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := world.Service(t)
			p.Replace("pyproject.toml", test.old, test.new)
			r := world.Run(t, p.Call("test"))
			if r.Code == 0 || !strings.Contains(r.Stderr, test.want) {
				t.Errorf("exit code %d, want %q in\n%s", r.Code, test.want, r.Stderr)
			}
		})
	}
}
