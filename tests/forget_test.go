package tests

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/tests/harness"
)

// outside is a server that the project's commands ask what to do: what it says
// is no part of what they depend on.
type outside struct {
	url string

	mu     sync.Mutex
	script string
	asked  int
}

func newOutside(t *testing.T, script string) *outside {
	t.Helper()
	if world.AWS == nil {
		t.Skip("no address of this machine that this engine's containers reach: set PIPELINE_TEST_BIND to one")
	}
	host, _, err := net.SplitHostPort(strings.TrimPrefix(world.AWS.Endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	o := &outside{url: "http://" + listener.Addr().String(), script: script}
	server := &http.Server{Handler: o}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return o
}

func (o *outside) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	fmt.Fprint(w, o.script)
}

func (o *outside) say(script string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.script = script
}

func (o *outside) wantAsked(t *testing.T, times int, when string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked != times {
		t.Errorf("%s: the command ran %d times, want %d", when, o.asked, times)
	}
}

// ask adds the program that does what the server says, and gives a recipe's line that runs it.
func (o *outside) ask(p *harness.Project) string {
	p.Write("ask.py", fmt.Sprintf("import os, urllib.request\nscript = urllib.request.urlopen(%q).read().decode()\nos.execvp('sh', ['sh', '-c', script])\n", o.url))
	return "@python ask.py"
}

var failures = []struct {
	name, script string
	code         int
}{
	{"a failed command", "exit 1", makeFailure},
	{"make killed", "kill -9 $PPID", 128 + 9},
	{"the command killed, as where memory is short", "kill -9 $$", makeFailure},
}

func TestFailedBuildIsNotRemembered(t *testing.T) {
	for _, test := range failures {
		t.Run(test.name, func(t *testing.T) {
			o := newOutside(t, test.script)
			p := world.Project(t)
			p.Write("Makefile", "test:\n\ttrue\nbuild:\n\t"+o.ask(p)+"\n\tpython scripts/package.py artifact.zip\n")
			build := p.Call("build-package", "export", "--path", filepath.Join(t.TempDir(), "artifact.zip"))
			if r := world.Run(t, build); r.Code != test.code {
				t.Errorf("exit code %d, want %d\n%s", r.Code, test.code, r.Stderr)
			}
			o.say("true")
			world.Succeed(t, build)
			o.wantAsked(t, 2, "after a build that failed and one that did not")
			world.Succeed(t, build)
			o.wantAsked(t, 2, "asked again for what succeeded")
		})
	}
}

func TestFailedTestsAreNotRemembered(t *testing.T) {
	for _, test := range failures {
		t.Run(test.name, func(t *testing.T) {
			o := newOutside(t, "true")
			p := world.Project(t)
			p.Write("Makefile", "test:\n\tpython -m pytest\n\t"+o.ask(p)+"\nbuild:\n\ttrue\n")
			o.say(test.script)
			if r := world.Run(t, p.Call("test")); r.Code != test.code {
				t.Errorf("exit code %d, want %d\n%s", r.Code, test.code, r.Stderr)
			}
			first := p.Run(t)
			o.wantAsked(t, 1, "reports of the run that failed")
			if p.Run(t) != first {
				t.Error("the reports asked for twice are of two runs")
			}

			world.Run(t, p.Call("test"))
			o.wantAsked(t, 2, "the tests after a run that failed")
			second := p.Run(t)
			if second == first {
				t.Error("the reports are of the first run that failed, not of the second")
			}

			o.say("true")
			world.Succeed(t, p.Call("test"))
			o.wantAsked(t, 3, "the tests after the world was mended")
			if third := p.Run(t); third == second || third == first {
				t.Error("the reports are of a run that failed, not of the last one")
			}
			world.Succeed(t, p.Call("test"))
			o.wantAsked(t, 3, "what succeeded, asked for again")
		})
	}
}

// Reports that were asked for by themselves are not those of an earlier failure.
func TestReportsAloneAreNotRemembered(t *testing.T) {
	o := newOutside(t, "exit 1")
	p := world.Project(t)
	p.Write("Makefile", "test:\n\tpython -m pytest\n\t"+o.ask(p)+"\n")
	first := p.Run(t)
	o.wantAsked(t, 1, "reports, asked for first")
	o.say("true")
	if p.Run(t) == first {
		t.Error("the reports are of the run that failed")
	}
	o.wantAsked(t, 2, "reports, asked for again")
}

// An attempt has reports of its own, and so has each level of trust.
func TestReportsOfOneFailureAreNotThoseOfAnother(t *testing.T) {
	o := newOutside(t, "exit 1")
	p := world.Project(t)
	p.Write("Makefile", "test:\n\tpython -m pytest\n\t"+o.ask(p)+"\n")
	runs := map[string]bool{}
	for _, call := range []harness.Call{p.Call("test", "--attempt", "1"), p.Call("test", "--attempt", "2"), p.Call("--trust", "protected", "test", "--attempt", "1")} {
		world.Run(t, call)
	}
	for _, attempt := range []string{"1", "2"} {
		dir, _ := p.Reports(t, "--attempt", attempt)
		runs[harness.ReadJUnit(t, filepath.Join(dir, "junit.xml")).Run] = true
	}
	o.wantAsked(t, 3, "reports of two attempts")
	if len(runs) != 2 {
		t.Errorf("reports of %d runs, want 2", len(runs))
	}
}
