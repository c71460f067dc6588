package harness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Another returns an embedded engine with new directories, stopped when the test ends. It shares
// only the binaries with the engine of the other tests.
func (e Embedded) Another(t testing.TB) Embedded {
	t.Helper()
	// The path of a socket may have 104 bytes; a test's own directory may have more.
	run, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	other := Embedded{Root: e.Root, State: filepath.Join(run, "state"), Run: filepath.Join(run, "run")}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := errors.Join(other.Stop(ctx), os.RemoveAll(run)); err != nil {
			t.Error(err)
		}
	})
	return other
}

// Daemons are the processes of the engine's buildkitd.
func (e Embedded) Daemons(t testing.TB) []int {
	t.Helper()
	config := "--config " + filepath.Join(e.Run, "buildkitd.toml")
	return Processes(func(commandLine, _ string) bool { return strings.Contains(commandLine, config) })
}

// Processes are the processes whose command line and environment match; both have spaces between
// their parts.
func Processes(match func(commandLine, environment string) bool) []int {
	var out []int
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range entries {
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || len(line) == 0 {
			continue
		}
		env, _ := os.ReadFile(filepath.Join(dir, "environ"))
		text := func(b []byte) string { return strings.ReplaceAll(strings.TrimRight(string(b), "\x00"), "\x00", " ") }
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && match(text(line), text(env)) {
			out = append(out, pid)
		}
	}
	return out
}

// Parent is the id of a process's parent, "" if it has ended.
func Parent(pid int) string {
	status, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	for line := range strings.Lines(string(status)) {
		if id, ok := strings.CutPrefix(line, "PPid:"); ok {
			return strings.TrimSpace(id)
		}
	}
	return ""
}

// Variable is a variable of a process's environment.
func Variable(pid int, name string) string {
	env, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	for _, kv := range strings.Split(string(env), "\x00") {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}
