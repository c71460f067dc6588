package files

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := Lock(t.Context(), path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want mode 0600", info, err)
	}
	ended := errors.New("told to stop")
	short, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, ended)
	defer cancel()
	waited := 0
	if _, err := Lock(short, path, 0o600, func() { waited++ }); !errors.Is(err, ended) || waited != 1 {
		t.Errorf("a held lock: %v, told %d times", err, waited)
	}
	time.AfterFunc(20*time.Millisecond, release)
	again, err := Lock(t.Context(), path, 0o600, nil)
	if err != nil {
		t.Fatalf("one that is released while waited for: %v", err)
	}
	again()
	if _, err := Lock(t.Context(), filepath.Join(path, "x"), 0o600, nil); err == nil || !strings.Contains(err.Error(), "taking lock") {
		t.Errorf("a path that cannot be: %v", err)
	}
}

// A reader that opened the file before goes on with the old content, and one that fails leaves nothing.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Write(path, []byte("new and longer"), 0o640); err != nil {
		t.Fatal(err)
	}
	if old, err := io.ReadAll(reader); err != nil || string(old) != "old" {
		t.Errorf("the reader got %q, %v", old, err)
	}
	fails := errors.New("no more")
	if err := Replace(path, 0o600, func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return fails }); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != "new and longer" {
		t.Errorf("got %q, %v", now, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v are left, want the file alone", entries, err)
	}
}

func TestCache(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for _, tc := range []struct{ cache, xdg, want string }{
		{"", "", "/home/me/.cache/pipeline"},
		{"", "/xdg", "/xdg/pipeline"},
		{"/own", "/xdg", "/own"},
	} {
		t.Setenv("PIPELINE_CACHE_DIR", tc.cache)
		t.Setenv("XDG_CACHE_HOME", tc.xdg)
		if got, err := Cache(); err != nil || got != tc.want {
			t.Errorf("%+v: got %q, %v", tc, got, err)
		}
	}
	for _, name := range []string{"HOME", "PIPELINE_CACHE_DIR", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	if _, err := Cache(); err == nil || !strings.Contains(err.Error(), "set PIPELINE_CACHE_DIR") {
		t.Errorf("got %v", err)
	}
}
