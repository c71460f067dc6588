package daemon

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestParseRuncVersion(t *testing.T) {
	for out, want := range map[string][2]int{
		"runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n": {1, 1},
		"runc version 1.0.0~rc93+ds1\nspec: 1.0.2-dev\n":                         {1, 0},
		"runc version 1.4.2\nspec: 1.3.0\n":                                      {1, 4},
		"runc version v2.10.0-rc.1":                                              {2, 10},
	} {
		if major, minor, err := parseRuncVersion(out); err != nil || major != want[0] || minor != want[1] {
			t.Errorf("%q: %d.%d, %v, want %v", out, major, minor, err, want)
		}
	}
	for _, out := range []string{"", "crun version 1.8.1", "a runc version 1.1"} {
		_, _, err := parseRuncVersion(out)
		oneLine(t, err, "no version of runc")
	}
}

func TestNoRunc(t *testing.T) {
	d := engine(t)
	defer func(saved []string) { systemDirs = saved }(systemDirs)
	systemDirs = nil
	t.Setenv("PIPELINE_RUNC", "")
	t.Setenv("PATH", t.TempDir())
	_, err := Connect(t.Context(), io.Discard)
	oneLine(t, err, "no runc", "apt-get install runc", "PIPELINE_RUNC")
	if pids := processes(t, d); len(pids) > 0 {
		t.Errorf("processes %v", pids)
	}
	// Nothing runs, so nothing needs runc: the clean-up of this test stops without one.
}

func TestUnusableRunc(t *testing.T) {
	script := func(body string) string {
		name := filepath.Join(t.TempDir(), "runc")
		if err := os.WriteFile(name, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for name, test := range map[string]struct{ path, want string }{
		"absent":  {"/nonexistent/runc", "no such file"},
		"too old": {script("echo runc version 1.0.3"), "1.1 or later is needed"},
		"bare":    {script("echo runc version 1.4.2"), "without seccomp"},
		"broken":  {script("echo no luck >&2; exit 1"), "no luck"},
		"another": {script("echo crun version 1.8"), "no version of runc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PIPELINE_RUNC", test.path)
			_, err := findRunc(t.Context(), source{})
			oneLine(t, err, test.path, test.want, "PIPELINE_RUNC")
		})
	}
}
