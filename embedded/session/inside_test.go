package session

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A branch whose links lead out of the checkout gets nothing of the machine read or
// written by the paths that the caller named in it.
func TestLinksOfACheckoutLeadNowhere(t *testing.T) {
	checkout, machine := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(machine, "id"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(machine, filepath.Join(checkout, "reports")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(machine, "id"), filepath.Join(checkout, "plan.key")); err != nil {
		t.Fatal(err)
	}
	s := New(Options{Workdir: checkout})
	for name, reach := range map[string]func() error{
		"directory":     func() error { _, err := s.Query(t.Context(), `{host{directory(path:"reports"){id}}}`); return err },
		"file":          func() error { _, err := s.Query(t.Context(), `{host{file(path:"plan.key"){id}}}`); return err },
		"file in it":    func() error { _, err := s.Query(t.Context(), `{host{file(path:"reports/id"){id}}}`); return err },
		"secret":        func() error { _, err := s.readSecret(context.Background(), "file", "plan.key"); return err },
		"export":        func() error { _, err := s.exportDirectory(t.Context(), &directory{}, "reports"); return err },
		"export a file": func() error { _, err := s.exportFile(t.Context(), &file{path: "/id"}, "reports", true); return err },
		"export into it": func() error {
			_, err := s.exportFile(t.Context(), &file{path: "/id"}, "reports/new", false)
			return err
		},
	} {
		if err := reach(); err == nil || !strings.Contains(err.Error(), "leads out of the working directory") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.never(checkout)[0] != ".env" || s.never(machine) != nil {
		t.Error("settings of the caller's may be written")
	}
	if found, _ := os.ReadDir(machine); len(found) != 1 {
		t.Errorf("written: %v", found)
	}
	if _, err := s.readSecret(context.Background(), "file", filepath.Join(machine, "id")); err != nil {
		t.Errorf("a path that is the caller's own: %v", err)
	}
}
