package module_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dagger/pipeline/embedded/module"
)

// script is a program in place of a module's.
func script(t *testing.T, text string) module.Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return module.Program{Path: path, Session: nothing(t), Dir: t.TempDir(), Output: new(bytes.Buffer)}
}

// nothing is a file in place of a session.
func nothing(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestCallAnswers(t *testing.T) {
	p := script(t, `read -r req <&3; printf '{"type":"String","value":%s}' "$req" >&4; echo noise; echo more >&2`)
	resp, err := p.Call(context.Background(), module.Request{
		Constructor: map[string]any{"region": "r"}, Calls: []module.Call{{Function: "Pipeline.Test", Args: map[string]any{"n": 1}}},
	})
	want := `{"constructor":{"region":"r"},"calls":[{"function":"Pipeline.Test","args":{"n":1}}]}`
	if err != nil || resp.Type != "String" || string(resp.Value) != want {
		t.Errorf("got %+v, %v, want the request %s", resp, err, want)
	}
	if got := p.Output.(*bytes.Buffer).String(); got != "noise\nmore\n" {
		t.Errorf("output %q", got)
	}
}

func TestCallErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"error", `printf '{"error":{"message":"no","extensions":{"exitCode":3}}}' >&4`, "no"},
		{"silence", "exit 0", "running the module: ended without an answer: exit status 0"},
		{"crash", "exit 7", "running the module: ended without an answer: exit status 7"},
		{"noise", "echo x >&4", "running the module: reading its answer: invalid character 'x' looking for beginning of value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := script(t, tc.text).Call(context.Background(), module.Request{})
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			var details *module.Error
			if tc.name == "error" && (!errors.As(err, &details) || !reflect.DeepEqual(details.Extensions(), map[string]any{"exitCode": 3.0})) {
				t.Errorf("details are %v", details)
			}
		})
	}
	p := script(t, "")
	p.Path = "/nonexistent"
	if _, err := p.Call(context.Background(), module.Request{}); err == nil {
		t.Error("a program that is not there answered")
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	p := script(t, "echo started; exec sleep 600")
	p.Output = &once{do: func() { cancel(errors.New("stopped")) }}
	if _, err := p.Call(ctx, module.Request{}); err == nil || err.Error() != "stopped" {
		t.Errorf("got %v", err)
	}
}

// once calls do when it is written to.
type once struct{ do func() }

func (o *once) Write(p []byte) (int, error) {
	o.do()
	return len(p), nil
}

// TestCallEnvironment: the module's code sees what Dagger would show it, not the
// caller's variables.
func TestCallEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"CI_JOB_TOKEN": "hidden", "AWS_ACCESS_KEY_ID": "hidden", "AWS_PROFILE": "hidden", "HOME": "/hidden",
		"HTTPS_PROXY": "shown", "SSL_CERT_FILE": "shown", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "shown",
	} {
		t.Setenv(name, value)
	}
	p := script(t, "env; printf '{}' >&4")
	if _, err := p.Call(context.Background(), module.Request{}); err != nil {
		t.Fatal(err)
	}
	got := p.Output.(*bytes.Buffer).String()
	for _, want := range []string{"PIPELINE_SESSION=yes\n", "PATH=", "HTTPS_PROXY=shown", "SSL_CERT_FILE=shown",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT=shown", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, "hidden") {
		t.Errorf("the environment is not the module's:\n%s", got)
	}
}
