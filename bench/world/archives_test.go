package world

import (
	"os"
	"path/filepath"
	"testing"
)

// An archive comes back as it was stored, over the line, and what moved is counted.
func TestArchives(t *testing.T) {
	w := &World{Dir: t.TempDir()}
	var err error
	if w.line, err = ParseLine("1000mbit,1ms"); err != nil {
		t.Fatal(err)
	}
	if err := w.serveArchives(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "archive")
	if found, err := w.Fetch(t.Context(), "a.tar.gz", file); found || err != nil {
		t.Fatalf("before it was stored: found %t, %v", found, err)
	}
	content := make([]byte, 300_000)
	content[len(content)-1] = 1
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Store(t.Context(), "a.tar.gz", file); err != nil {
		t.Fatal(err)
	}
	back := file + ".back"
	if found, err := w.Fetch(t.Context(), "a.tar.gz", back); !found || err != nil {
		t.Fatalf("found %t, %v", found, err)
	}
	if got, err := os.ReadFile(back); err != nil || string(got) != string(content) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	if up, down := w.Archives.Moved(); up < int64(len(content)) || down < int64(len(content)) {
		t.Errorf("counted %d bytes up and %d down", up, down)
	}
}
