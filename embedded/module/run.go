package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// Request asks a module's program for a chain of calls: each function is called
// on the result of the one before it, the first on the main object. Arguments are
// named as in the source; objects are ids; an absent argument was not given.
type Request struct {
	Constructor map[string]any `json:"constructor"`
	Calls       []Call         `json:"calls"`
}

// Call is a call of TYPE.FUNCTION, as in the source.
type Call struct {
	Function string         `json:"function"`
	Args     map[string]any `json:"args"`
}

// Response is the program's answer: a value of the type that ParseType reads,
// or an error.
type Response struct {
	Type  string          `json:"type,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	Error *Error          `json:"error,omitempty"`
}

// Error is the error that a function returned, with the details that Dagger's API
// attached to it.
type Error struct {
	Message string         `json:"message"`
	Details map[string]any `json:"extensions,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// Extensions are the API's details, as in Dagger's own errors.
func (e *Error) Extensions() map[string]any { return e.Details }

// Program is a built module that can be run in a session.
type Program struct {
	Path    string
	Session *os.File // a socket to the session; Call closes it
	Dir     string   // working directory
	// Output gets what the module's code prints.
	Output io.Writer
}

// Call runs the program for one call. The program ends with its answer, or is killed
// when ctx ends; signals to this process do not reach it.
func (p Program) Call(ctx context.Context, req Request) (Response, error) {
	var resp Response
	defer p.Session.Close()
	in, err := json.Marshal(req)
	if err != nil {
		return resp, fmt.Errorf("running the module: %w", err)
	}
	out, err := p.run(ctx, in)
	if ctx.Err() != nil {
		return resp, context.Cause(ctx)
	}
	if len(out) == 0 {
		if err == nil {
			err = errors.New("exit status 0")
		}
		return resp, fmt.Errorf("running the module: ended without an answer: %w", err)
	}
	if err := json.Unmarshal(out, &resp); err != nil {
		return resp, fmt.Errorf("running the module: reading its answer: %w", err)
	}
	if resp.Error != nil {
		return resp, resp.Error
	}
	return resp, nil
}

// run passes in on file descriptor 3, which stays open until the program has
// ended, and returns what it writes to 4. The session is on 5.
func (p Program) run(ctx context.Context, in []byte) ([]byte, error) {
	reqRead, reqWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reqWrite.Close()
	respRead, respWrite, err := os.Pipe()
	if err != nil {
		reqRead.Close()
		return nil, err
	}
	defer respRead.Close()
	cmd := exec.CommandContext(ctx, p.Path)
	cmd.Dir = p.Dir
	cmd.Env = p.environment()
	cmd.Stdout, cmd.Stderr = p.Output, p.Output
	cmd.ExtraFiles = []*os.File{reqRead, respWrite, p.Session}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// The kernel sends Pdeathsig when the thread that started the child ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Start()
	reqRead.Close()
	respWrite.Close()
	if err != nil {
		return nil, err
	}
	go func() { _, _ = reqWrite.Write(append(in, '\n')) }()
	out, readErr := io.ReadAll(respRead)
	return out, errors.Join(readErr, cmd.Wait())
}

// passed are the variables of this process that the module's code sees, by name
// or by prefix. As in Dagger it sees no others: everything a call
// depends on is in its flags.
var passed = []string{
	"PATH", "TMPDIR", "TRACEPARENT",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	// where a role of the machine or task is asked for
	"AWS_EC2_METADATA_", "AWS_CONTAINER_",
}

func (p Program) environment() []string {
	env := []string{
		"PIPELINE_SESSION=yes",            // it is on file descriptor 5
		"PIPELINE_ENGINE=embedded engine", // for those who want to know which one it is
		// the caller's own credentials come as flags, not by the way
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"GOGC=1000", // a call is short: garbage is collected when there is much of it
	}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, want := range passed {
			if name == want || strings.HasSuffix(want, "_") && strings.HasPrefix(name, want) {
				env = append(env, kv)
				break
			}
		}
	}
	return env
}
