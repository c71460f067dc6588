package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file whose name, or whose link, is not UTF-8 cannot be sent: the error names it.
func TestNameThatIsNotUTF8(t *testing.T) {
	cause := errors.New("Internal: rpc error: code = Internal desc = grpc: error while marshaling: string field contains invalid UTF-8")
	for name, test := range map[string]struct {
		make func(dir string) error
		want string
	}{
		"its name": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "caf\xe9.csv"), nil, 0o600) }, `caf\xe9.csv"`},
		"its link": {func(dir string) error { return os.Symlink("caf\xe9.csv", filepath.Join(dir, "menu")) }, `menu"`},
		"neither":  {func(dir string) error { return os.WriteFile(filepath.Join(dir, "café.csv"), nil, 0o600) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := test.make(dir); err != nil {
				t.Fatal(err)
			}
			s := New(Options{})
			t.Cleanup(func() { _ = s.Close() })
			id, err := s.dirs.add(dir)
			if err != nil {
				t.Fatal(err)
			}
			sent, _ := s.dirs.LookupDir(id)
			if err := sent.Walk(context.Background(), "", func(string, fs.DirEntry, error) error { return nil }); err != nil {
				t.Fatal(err)
			}
			got := s.explain(cause)
			if named := strings.HasPrefix(got, "sending the files: ") && strings.Contains(got, test.want); named != (test.want != "") {
				t.Errorf("said: %s", got)
			}
			if got := s.explain(errors.New("another")); got != "another" {
				t.Errorf("another error says %s", got)
			}
		})
	}
}

func TestTooMuchIsPrinted(t *testing.T) {
	err := printedTooMuch("stdout", fmt.Errorf("file: %w", errTooLong))
	if err == nil || !strings.Contains(err.Error(), "more than 128 MiB on stdout: let it print less") {
		t.Error(err)
	}
	if other := errors.New("other"); printedTooMuch("stdout", other) != other {
		t.Error("another error is changed")
	}
}
