package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dagger/pipeline/embedded/session"
)

// TestModuleDir: as pipeline it runs its own checkout's module, as dagger the one
// that the working directory is in, if any.
func TestModuleDir(t *testing.T) {
	fixture, err := filepath.Abs("../../module/testdata/fixture")
	if err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	for _, tc := range []struct{ command, dir, want string }{
		{"pipeline", outside, "/checkout"},
		{"pipeline", fixture, "/checkout"},
		{"dagger", outside, "/checkout"},
		{"dagger", fixture, ""},
	} {
		t.Setenv("PIPELINE_COMMAND", tc.command)
		t.Setenv("PIPELINE_MODULE_DIR", "/checkout")
		t.Chdir(tc.dir)
		app, err := newApp()
		if err != nil || app.ModuleDir != tc.want || app.Name != tc.command || app.Dir != tc.dir {
			t.Errorf("%s in %s: module %q, name %q, directory %q: %v", tc.command, tc.dir, app.ModuleDir, app.Name, app.Dir, err)
		}
	}
}

// TestCacheIsTheCallersOwn: what others can write to is not executed.
func TestCacheIsTheCallersOwn(t *testing.T) {
	for _, tc := range []struct {
		mode  os.FileMode
		owner int
		want  string
	}{
		{0o755, os.Getuid(), ""},
		{0o700, os.Getuid(), ""},
		{0o775, os.Getuid(), "mode 0775 lets others write to it: chmod go-w it"},
		{0o757, os.Getuid(), "mode 0757 lets others write to it"},
		{0o755, 12345, "it belongs to uid 12345"},
	} {
		c := newCheckout(t)
		dir := filepath.Join(c.dir, "cache")
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, tc.mode), os.Chown(dir, tc.owner, -1)); err != nil {
			t.Skip(err) // only root gives a directory away
		}
		err := own(dir)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: got %v", tc, err)
		}
		c.env = append(c.env, "PIPELINE_CACHE_DIR="+dir)
		out, code := c.run(".", "repo/pipeline", "version")
		if (code == 0) != (tc.want == "") || tc.want != "" && (c.builds() > 0 || !strings.Contains(out, "it belongs to somebody else, or others may write to it")) {
			t.Errorf("%+v: the launcher: exit code %d, %s", tc, code, out)
		}
	}
	fresh := filepath.Join(t.TempDir(), "a", "b")
	umask := syscall.Umask(0)
	defer syscall.Umask(umask)
	c := newCheckout(t)
	c.env = append(c.env, "PIPELINE_CACHE_DIR="+fresh)
	if out, code := c.run(".", "repo/pipeline", "version"); code != 0 {
		t.Errorf("a fresh cache: exit code %d, %s", code, out)
	}
	if info, err := os.Stat(fresh); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("a fresh cache: %v, %v", info.Mode(), err)
	}
}

// TestServerErrors: a query's error says what the API attached to it.
func TestServerErrors(t *testing.T) {
	s := server{Server: session.New(session.Options{})}
	defer s.Close(nil)
	_, err := s.Query(context.Background(), "query{nope}")
	var detailed interface{ Extensions() map[string]any }
	if err == nil || !errors.As(err, &detailed) || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("got %v", err)
	}
	if data, err := s.Query(context.Background(), "query{version}"); err != nil || string(data) != `{"version":"`+session.Version+`"}` {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestAPIHasTheSessionsTypes(t *testing.T) {
	for name, typ := range session.Types() {
		fields := api()[name]
		if len(fields) != len(typ.Fields) {
			t.Errorf("%s has %d fields, want %d", name, len(fields), len(typ.Fields))
			continue
		}
		for i, f := range typ.Fields {
			if fields[i].Name != f.Name || fields[i].Returns != f.Returns || len(fields[i].Args) != len(f.Args) {
				t.Errorf("%s.%s is %+v", name, f.Name, fields[i])
			}
		}
	}
}
