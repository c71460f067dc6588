package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEnvironment(t *testing.T) {
	all := []string{"PIPELINE_CACHE_DIR", "PIPELINE_STATE_DIR", "PIPELINE_RUN_DIR", "XDG_CACHE_HOME", "HOME"}
	for _, test := range []struct {
		name string
		env  map[string]string
		want dirs
		err  string
	}{
		{"defaults", map[string]string{"HOME": "/home/a"}, dirs{"/home/a/.cache/pipeline", "/var/lib/pipeline", "/run/pipeline"}, ""},
		{"xdg", map[string]string{"HOME": "/home/a", "XDG_CACHE_HOME": "/x"}, dirs{"/x/pipeline", "/var/lib/pipeline", "/run/pipeline"}, ""},
		{"overrides", map[string]string{"PIPELINE_CACHE_DIR": "/c", "PIPELINE_STATE_DIR": "/s/", "PIPELINE_RUN_DIR": "/r", "XDG_CACHE_HOME": "/x"}, dirs{"/c", "/s", "/r"}, ""},
		{"long", map[string]string{"HOME": "/", "PIPELINE_RUN_DIR": "/" + strings.Repeat("r", 100)}, dirs{}, "shorter path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range all {
				t.Setenv(name, test.env[name])
			}
			got, err := environment()
			if test.err != "" {
				oneLine(t, err, test.err)
			} else if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
	t.Run("no home", func(t *testing.T) {
		for _, name := range all {
			t.Setenv(name, "")
		}
		if got, err := environment(); err != nil || !filepath.IsAbs(got.cache) {
			t.Errorf("got %+v, %v, want the home directory of the user database", got, err)
		}
	})
}

func TestFindSource(t *testing.T) {
	t.Setenv("PIPELINE_EMBEDDED_DIR", "")
	own, err := findSource() // from the test's working directory
	if err != nil || filepath.Base(own.dir) != "embedded" || !strings.HasPrefix(own.version, "v0.") || len(own.sum) != 12 {
		t.Fatalf("findSource = %+v, %v", own, err)
	}
	t.Chdir(filepath.Dir(own.dir))
	if above, err := findSource(); err != nil || above != own {
		t.Errorf("above: %+v, %v, want %+v", above, err, own)
	}
	t.Chdir(t.TempDir())
	_, err = findSource()
	oneLine(t, err, "PIPELINE_EMBEDDED_DIR")
	t.Setenv("PIPELINE_EMBEDDED_DIR", own.dir)
	if named, err := findSource(); err != nil || named != own {
		t.Errorf("named: %+v, %v, want %+v", named, err, own)
	}
	t.Setenv("PIPELINE_EMBEDDED_DIR", filepath.Dir(own.dir))
	_, err = findSource()
	oneLine(t, err, "PIPELINE_EMBEDDED_DIR", embeddedModule)
}

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
		"another start":  {self.PID, self.Start + 1, self.Boot},
		"another boot":   {self.PID, self.Start, "another"},
		"no process":     {},
		"no such number": {1 << 22, 1, self.Boot},
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

func TestFailureLine(t *testing.T) {
	for log, want := range map[string]string{
		"time=\"T\" level=info msg=\"auto snapshotter: using overlayfs\"\nbuildkitd: could not lock /s/buildkitd.lock\nmain.main\n\t/x.go:1\n": "could not lock /s/buildkitd.lock",
		"unshare: unshare failed: Operation not permitted\n":                                   "unshare: unshare failed: Operation not permitted",
		"time=\"T\" level=info msg=a\npanic: page 3 already freed\n\ngoroutine 1 [running]:\n": "panic: page 3 already freed",
		"time=\"T\" level=error msg=\"a \\\"quoted\\\" thing\" error=x\nlast words":            `a "quoted" thing`,
		"first\nlast words\n": "last words",
		"":                    "it ended without a word",
	} {
		if got := failureLine(log); got != want {
			t.Errorf("%q: got %q, want %q", log, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	d := dirs{state: "/s", run: "/r"}
	for failure, want := range map[string]string{
		"write /s/history.db: no space left on device":     "free some space",
		"could not lock /s/x, another instance running?":   `another buildkitd uses "/s"`,
		"unshare: unshare failed: Operation not permitted": "run privileged",
		"panic: page 3 already freed":                      `remove "/s"`,
		"something new":                                    "see /r/buildkitd.log",
	} {
		if got := hint(failure, d); !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", failure, got, want)
		}
	}
}

func TestLeftContainers(t *testing.T) {
	for list, want := range map[string][]string{
		"null": nil,
		"[]":   nil,
		`[{"id":"a","bundle":"/s/runc-overlayfs/executor/a"},{"id":"b","bundle":"/s2/b"},{"id":"c","bundle":"/var/lib/other"}]`: {"a"},
	} {
		if got, err := leftContainers([]byte(list), "/s"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q", list, got, err, want)
		}
	}
	if _, err := leftContainers([]byte("x"), "/s"); err == nil {
		t.Error("no error for output that is not JSON")
	}
}

func TestMountsBelow(t *testing.T) {
	const mountinfo = `22 1 8:1 / / rw - ext4 /dev/a rw
30 22 0:5 / /s rw - tmpfs tmpfs rw
31 30 0:6 / /s/a\040b rw shared:1 - overlay overlay rw
32 31 0:7 / /s/a\040b/c rw - overlay overlay rw
33 22 0:8 / /s2/x rw - overlay overlay rw
`
	if got, want := mountsBelow(mountinfo, "/s"), []string{"/s/a b", "/s/a b/c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDaemonEnv: a secret of the caller's does not live on in the daemon.
func TestDaemonEnv(t *testing.T) {
	got := daemonEnv([]string{"PATH=/bin", "AWS_SECRET_ACCESS_KEY=canary", "HTTPS_PROXY=http://p", "OTEL_EXPORTER=x", "TMPDIR=/elsewhere", "NOTIFY_SOCKET=/n"}, "/s/tmp")
	want := []string{"PATH=/bin", "HTTPS_PROXY=http://p", "TMPDIR=/s/tmp", "BUILDKIT_STEP_LOG_MAX_SIZE=-1", "BUILDKIT_STEP_LOG_MAX_SPEED=-1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBuildEnv(t *testing.T) {
	got := buildEnv([]string{"HOME=/h", "GOOS=plan9", "GOFLAGS=-mod=vendor", "CGO_ENABLED=1"})
	if want := []string{"HOME=/h", "GOWORK=off", "CGO_ENABLED=0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBuildFailure(t *testing.T) {
	for output, want := range map[string][2]string{
		"go: downloading a v1\ngo: a@v1: dial tcp: refused\n":                {"go: a@v1: dial tcp: refused", `in "/e"`},
		"# example/a\n./a.go:1: undefined: x\n./a.go:2: undefined: y\n":      {"./a.go:1: undefined: x", `in "/e"`},
		"# example/a\ncopying /t/a.out: write /c: no space left on device\n": {"no space left on device", "PIPELINE_CACHE_DIR"},
		"": {"exit status 1", `in "/e"`},
	} {
		reason, try := buildFailure(output, errors.New("exit status 1"), source{dir: "/e"})
		if reason != want[0] || !strings.Contains(try, want[1]) {
			t.Errorf("%q: got %q, %q, want %q", output, reason, try, want)
		}
	}
}

func TestRemoveOldBinaries(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for i, name := range []string{"buildkitd-d", "buildkitd-a", "buildkitd-b", "buildkitd-c", "other"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	removeOldBinaries(dir)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if want := []string{"buildkitd-a", "buildkitd-b", "buildkitd-d", "other"}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

func TestLock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	release, err := lock(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	waited := 0
	if _, err := lock(short, name, func() { waited++ }); !errors.Is(err, context.DeadlineExceeded) || waited != 1 {
		t.Errorf("a held lock: %v, told %d times", err, waited)
	}
	release()
	again, err := lock(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
