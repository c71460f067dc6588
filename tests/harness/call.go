package harness

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Limit bounds one call, with a cold engine on a slow machine.
const Limit = 8 * time.Minute

// Call is one run of the command line.
type Call struct {
	Args []string
	// Env is added to the environment.
	Env []string
	// Dir is the working directory. Default: the repository.
	Dir string
	// Module is the directory of the module. Default: the repository's.
	Module string
}

// And returns the call with more arguments.
func (c Call) And(args ...string) Call {
	c.Args = append(append([]string{}, c.Args...), args...)
	return c
}

// Before returns the call with more flags of the constructor.
func (c Call) Before(flags ...string) Call {
	c.Args = append(append([]string{c.Args[0]}, flags...), c.Args[1:]...)
	return c
}

// With returns the call with more variables, NAME=VALUE, in its environment.
func (c Call) With(env ...string) Call {
	c.Env = append(append([]string{}, c.Env...), env...)
	return c
}

// Without returns the call without a flag and the value that follows it.
func (c Call) Without(flag string) Call {
	var args []string
	for i := 0; i < len(c.Args); i++ {
		if c.Args[i] == flag {
			i++
			continue
		}
		args = append(args, c.Args[i])
	}
	c.Args = args
	return c
}

// Result is the result of a call.
type Result struct {
	Stdout, Stderr string
	Code           int
	// Steps are known on the embedded engine only.
	Steps []Step
}

// Commands that run the tests and the build of a project in the app container.
const (
	RunTests = "python3 -I /opt/pipeline/run.py test"
	RunBuild = "python3 -I /opt/pipeline/run.py build"
	// askReports looks for the reports of a failed run, each time anew.
	askReports = "python3 -I /opt/pipeline/run.py reports"
)

// Ran are the commands that ran in containers, without those whose result was
// cached by an earlier run, and without the one that asks for reports.
func (r Result) Ran() []string {
	ran := []string{}
	for _, s := range r.Steps {
		if s.Exec && !s.Cached && s.Name != askReports {
			ran = append(ran, s.Name)
		}
	}
	return ran
}

// Process is a running call.
type Process struct {
	t       testing.TB
	cmd     *exec.Cmd
	out     output
	err     output
	summary string
	done    chan struct{}
	ended   error // of cmd.Wait, once done is closed
}

// output can be read while it is written.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Start begins a call. The test waits for it in any case.
func (w *World) Start(t testing.TB, c Call) *Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	p := &Process{t: t, summary: filepath.Join(t.TempDir(), "summary.json"), done: make(chan struct{})}
	p.cmd = w.Engine.Command(ctx, c.Module, p.summary, c.Args)
	p.cmd.Dir = c.Dir
	if c.Dir == "" {
		p.cmd.Dir = w.Root
	}
	p.cmd.Env = append(p.cmd.Env, c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 20 * time.Second
	if err := p.cmd.Start(); err != nil {
		cancel()
		t.Fatalf("starting %q: %v", p.cmd.Args, err)
	}
	go func() {
		defer close(p.done)
		p.ended = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-p.done
	})
	return p
}

// Pid is the process id of the command line.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Signal sends the command line a signal, as a terminal or a CI runner does.
func (p *Process) Signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatalf("sending %v: %v", sig, err)
	}
}

// Output is what has been printed to both streams so far.
func (p *Process) Output() string { return p.out.String() + p.err.String() }

// Until waits until ok, and fails the test when the call ends before.
func (p *Process) Until(what string, ok func() bool) {
	p.t.Helper()
	for !ok() {
		select {
		case <-p.done:
			if !ok() {
				p.t.Fatalf("waiting for %s: the call ended\n%s", what, p.Output())
			}
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Prints waits until the call has printed text.
func (p *Process) Prints(text string) {
	p.t.Helper()
	p.Until(strconv.Quote(text), func() bool { return strings.Contains(p.Output(), text) })
}

// Wait returns the result when the call has ended.
func (p *Process) Wait() Result {
	p.t.Helper()
	<-p.done
	err := p.ended
	r := Result{Stdout: plain(p.out.String()), Stderr: plain(p.err.String()), Code: p.cmd.ProcessState.ExitCode()}
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		p.t.Fatalf("running %q: %v\n%s", p.cmd.Args, err, r.Stderr)
	}
	if r.Steps, err = readSteps(p.summary); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// Run runs a call to its end, whatever that is.
func (w *World) Run(t testing.TB, c Call) Result {
	t.Helper()
	return w.Start(t, c).Wait()
}

// Succeed runs a call that must succeed.
func (w *World) Succeed(t testing.TB, c Call) Result {
	t.Helper()
	r := w.Run(t, c)
	if r.Code != 0 {
		t.Fatalf("%s: exit code %d, want 0\n%s", strings.Join(c.Args, " "), r.Code, r.Stderr)
	}
	return r
}

var (
	escape   = regexp.MustCompile("\x1b\\[[0-9;]*m")
	defaults = regexp.MustCompile("(?m)^user default: .*\n?")
)

// plain is text without what Dagger's command line does not always leave out: colours, and the settings that it took
// from .env, which may come after the error.
func plain(text string) string {
	return defaults.ReplaceAllString(escape.ReplaceAllString(text, ""), "")
}
