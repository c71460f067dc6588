package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/lab/image"
	"dagger/pipeline/lab/state"
)

func TestMisuse(t *testing.T) {
	l := lab{t, state.Dir(t.TempDir())}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "no command"},
		{[]string{"start"}, 2, `unknown command "start"`},
		{[]string{"up", "now"}, 2, `unknown argument "now"`},
		{[]string{"down", "--bind", "127.0.0.1"}, 2, "bind"},
		{[]string{"up", "--bind", "0.0.0.0"}, 1, "never listens on every address"},
		{[]string{"serve", "--bind", "192.0.2.1"}, 1, "not an address of this machine"},
		{[]string{"up", "--bind", "localhost"}, 1, "not an IP address"},
	} {
		stdout, stderr, code := l.command(c.args...)
		if code != c.code || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit code %d, printed %q, said %q", c.args, code, stdout, stderr)
		}
	}
	if stdout, _, code := l.command("help"); code != 0 || !strings.HasPrefix(stdout, "usage:") {
		t.Errorf("help: exit code %d, %q", code, stdout)
	}
}

func TestInfra(t *testing.T) {
	dir, quiet := state.Dir(t.TempDir()), func(string, ...any) {}
	if got, err := infra(dir, "/some/mirror", quiet); got != "infra" || err != nil {
		t.Errorf("with a mirror: %q, %v", got, err)
	}
	// Without one, a running lab keeps the answer that it was started with, and asks nobody again.
	self, err := state.Identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.WriteRunning(state.Running{Process: self}); err != nil {
		t.Fatal(err)
	}
	if err := state.WriteJSON(dir.Path("made.json"), made{Infra: "as before"}); err != nil {
		t.Fatal(err)
	}
	if got, err := infra(dir, "", quiet); got != "as before" || err != nil {
		t.Errorf("of a running lab: %q, %v", got, err)
	}
	t.Setenv("LAB_INFRA_FREE", "1")
	got, err := infra(dir, "/some/mirror", quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.tf", "variables.tf", "outputs.tf"} {
		if _, err := os.Stat(filepath.Join(got, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestRefOfImage(t *testing.T) {
	if got := (image.Built{Name: "python", Tag: "3.11-bookworm"}).Ref("127.0.0.1:5000"); got != "127.0.0.1:5000/python:3.11-bookworm" {
		t.Errorf("got %q", got)
	}
}
