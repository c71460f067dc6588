package session

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A link is one wherever it leads to, also out of the directory or to nothing; what it leads to is none.
func TestLinksExistAsSuch(t *testing.T) {
	s := newServer(t)
	if err := os.MkdirAll(filepath.Join(s.opts.Workdir, "dir/sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.opts.Workdir, "file"), []byte("f\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"out": "../x", "away": "/nowhere", "near": "file", "folder": "dir", "dir/up": "../file"} {
		if err := os.Symlink(to, filepath.Join(s.opts.Workdir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"out": "true", "away": "true", "near": "true", "folder": "true", "dir/up": "true",
		"file": "false", "dir": "false", "dir/sub": "false", "folder/sub": "false", "none": "false", "none/at/all": "false", "out/deep": "false",
	} {
		if got := query(t, s, fmt.Sprintf(`{host{directory(path:"."){exists(path:%q,expectedType:SYMLINK_TYPE)}}}`, name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
