package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseStat(t *testing.T) {
	const rest = " 1 2 2 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 %START% 10 20 30"
	stat := func(state string) string {
		return "42 (a) odd (name) " + state + strings.ReplaceAll(rest, "%START%", "98765")
	}
	if got, err := parseStat(stat("S")); err != nil || got != 98765 {
		t.Errorf("got %d, %v", got, err)
	}
	for _, bad := range []string{stat("Z"), stat("X"), "", "42 (short) S 1 2"} {
		if got, err := parseStat(bad); err == nil {
			t.Errorf("%q: got %d, want an error", bad, got)
		}
	}
}

func TestProcess(t *testing.T) {
	self, err := identify(os.Getpid())
	if err != nil || !self.alive() {
		t.Fatalf("this process: %+v, %v", self, err)
	}
	name := filepath.Join(t.TempDir(), "pid")
	if err := self.write(name); err != nil {
		t.Fatal(err)
	}
	if got, err := readProcess(name); err != nil || got != self {
		t.Errorf("read %+v, %v, wrote %+v", got, err, self)
	}
	for what, other := range map[string]process{
		"another start":  {PID: self.PID, Start: self.Start + 1, Boot: self.Boot},
		"another boot":   {PID: self.PID, Start: self.Start, Boot: "another"},
		"no process":     {},
		"no such number": {PID: 1 << 22, Start: 1, Boot: self.Boot},
	} {
		if other.alive() {
			t.Errorf("%s: alive", what)
		}
	}
	if err := os.WriteFile(name, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readProcess(name); err != nil || got != (process{}) {
		t.Errorf("half a pid file: %+v, %v", got, err)
	}
}
