package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func testDemo(t *testing.T) *demo {
	t.Helper()
	d := &demo{view: &view{w: &strings.Builder{}}, checkout: t.TempDir(), dir: t.TempDir()}
	var err error
	if d.log, err = os.Create(d.logPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.log.Close() })
	return d
}

func TestCommand(t *testing.T) {
	d := testDemo(t)
	var notes []string
	note := func(line string) { notes = append(notes, line) }
	out, err := d.command(t.Context(), d.dir, note, "sh", "-c", "echo result; echo one >&2; printf two >&2")
	if err != nil || out != "result\n" {
		t.Errorf("got %q, %v", out, err)
	}
	if strings.Join(notes, " ") != "one two" {
		t.Errorf("got notes %q", notes)
	}
}

func TestCommandFails(t *testing.T) {
	d := testDemo(t)
	_, err := d.command(t.Context(), d.dir, func(string) {}, "sh", "-c", "seq 30 >&2; echo 'Error: no such bucket: make it' >&2; exit 3")
	var failed *failure
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	if failed.message != "no such bucket: make it" {
		t.Errorf("got %q", failed.message)
	}
	if len(failed.tail) != tailLines || failed.tail[0] != "12" {
		t.Errorf("got %d lines from %q", len(failed.tail), failed.tail[0])
	}
	log, err := os.ReadFile(d.logPath())
	if err != nil || !strings.Contains(string(log), "\n1\n2\n3\n") {
		t.Errorf("the log has not all of the output: %q, %v", log, err)
	}
}

// An interrupt reaches the command as SIGINT, once, and it has the time to end.
func TestCommandInterrupted(t *testing.T) {
	d := testDemo(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	note := func(line string) {
		if line == "ready" {
			cancel()
		}
	}
	script := `trap 'echo interrupted >> said; exit 0' INT; echo ready >&2; while :; do sleep 0.05; done`
	if _, err := d.command(ctx, d.dir, note, "sh", "-c", script); err == nil {
		t.Error("no error after an interrupt")
	}
	said, err := os.ReadFile(filepath.Join(d.dir, "said"))
	if err != nil || string(said) != "interrupted\n" {
		t.Errorf("got %q, %v", said, err)
	}
}

func TestReadEnvironment(t *testing.T) {
	env, err := readEnvironment("A=1\nB='it'\\''s; $HOME'\nC=\n")
	if err != nil || env["A"] != "1" || env["B"] != "it's; $HOME" || env["C"] != "" {
		t.Errorf("got %q, %v", env, err)
	}
	if _, err := readEnvironment("not an assignment\n"); err == nil {
		t.Error("no error for a line that is no assignment")
	}
}

// The demo's calls must not reach the user's engine, whose cache they would empty.
func TestEnvironmentIsTheDemosOwn(t *testing.T) {
	d := testDemo(t)
	t.Setenv("BUILDKIT_HOST", "tcp://theirs:1234")
	t.Setenv("PIPELINE_STATE_DIR", "/theirs")
	env := strings.Join(d.environment(), "\n") + "\n"
	if strings.Contains(env, "theirs") {
		t.Errorf("got %s", env)
	}
	if !strings.Contains(env, "PIPELINE_STATE_DIR="+d.path("state")+"\n") {
		t.Errorf("no state directory of its own in %s", env)
	}
}
