package arm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/bench/world"
)

// command makes a directory that is all of PATH, with a script as `dagger`; empty: without one.
func command(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "dagger"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestArmsOnDaggerSayWhatIsMissing(t *testing.T) {
	for _, test := range []struct{ name, script, outer, want string }{
		{"no command", "", "192.0.2.1:5056", "install version v0.21.8"},
		{"loopback", "exit 0", "", "give --bind HOST:PORT"},
		{"no engine", "echo no engine >&2; exit 1", "192.0.2.1:5056", "no engine: start one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			command(t, test.script)
			_, err := DaggerKept(t.Context(), &world.World{Dir: t.TempDir(), Outer: test.outer}, "e")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q on one line", err, test.want)
			}
		})
	}
}
