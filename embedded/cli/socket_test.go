package cli

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A socket is given by unix:// and its path; what is none is refused in one line.
func TestSockets(t *testing.T) {
	w := newWorld(t)
	dir, err := os.MkdirTemp("", "socket") // t.TempDir is too long for one
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "agent")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w.Dir = dir
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"unix://" + path, path, "unix://agent"} {
		if got, err := w.socket(text); got != path || err != nil {
			t.Errorf("%s: %q, %v, want %q", text, got, err, path)
		}
	}
	for text, want := range map[string]string{
		"unix://":          "unix:// names no socket: set the variable",
		"tcp://host:22":    `"tcp://host:22" is no socket: want unix://PATH`,
		"unix:///nowhere":  `no socket "/nowhere": start what listens there`,
		"unix://file":      `"` + filepath.Join(dir, "file") + `" is no socket`,
		"unix://file/more": "not a directory",
	} {
		got, err := w.socket(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
}
