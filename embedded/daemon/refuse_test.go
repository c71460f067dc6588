package daemon

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// oneLine fails the test unless err is a single line that holds all the texts.
func oneLine(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", texts)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %v", err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q lacks %q", err, text)
		}
	}
	t.Log(err)
}

func TestNotRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	t.Setenv("BUILDKIT_HOST", "")
	base, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	// The test binary's own directory is closed to others.
	bin := filepath.Join(base, "test")
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bin, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(base, "run")
	if err := private(run, ""); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PIPELINE_RUN_DIR", run)
	for what, want := range map[string]string{"connect": "set BUILDKIT_HOST", "stop": "run as root", "status": "run as root"} {
		cmd := helper(what)
		cmd.Path, cmd.Dir = bin, base
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "\n") {
			t.Errorf("%s as nobody: %v: %q, want one line with %q", what, err, out, want)
		}
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
			_, err := findRunc(t.Context())
			oneLine(t, err, test.path, test.want, "PIPELINE_RUNC")
		})
	}
}

func TestHostHonoured(t *testing.T) {
	d := engine(t)
	connect(t)
	first := pid(t)
	// The same daemon by its address, in an environment that has none of its own.
	empty := t.TempDir()
	t.Setenv("PIPELINE_RUN_DIR", filepath.Join(empty, "run"))
	t.Setenv("BUILDKIT_HOST", d.address())
	addr, err := Connect(t.Context(), io.Discard)
	if err != nil || addr != d.address() {
		t.Errorf("Connect = %q, %v", addr, err)
	}
	info, err := Status(t.Context())
	if err != nil || !info.Running || info.PID != 0 || info.Address != d.address() {
		t.Errorf("Status = %+v, %v", info, err)
	}
	oneLine(t, Stop(t.Context()), "BUILDKIT_HOST", d.address())
	if _, err := os.Stat(filepath.Join(empty, "run")); err == nil {
		t.Error("a daemon of our own was looked after beside BUILDKIT_HOST")
	}
	t.Setenv("PIPELINE_RUN_DIR", d.run)
	t.Setenv("BUILDKIT_HOST", "")
	if now := pid(t); now != first {
		t.Errorf("pid %d, was %d", now, first)
	}
}

func TestHostUnreachable(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, test := range map[string]struct{ host, want string }{
		"no socket": {"unix://" + filepath.Join(t.TempDir(), "none.sock"), "no such file"},
		"closed":    {"tcp://" + closed.Addr().String(), "connection refused"},
		"silent":    {"tcp://" + silent.Addr().String(), "deadline exceeded"},
		"no scheme": {"/run/none.sock", "unix://PATH"},
		"nonsense":  {"nonsense://x", "unix://PATH"},
		"no path":   {"unix://", "unix://PATH"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BUILDKIT_HOST", test.host)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := Connect(ctx, io.Discard)
			oneLine(t, err, "BUILDKIT_HOST", test.host, test.want)
		})
	}
}

// TestDiskFull uses a file system that is too small for a daemon's state.
func TestDiskFull(t *testing.T) {
	d := engine(t)
	if err := private(d.state, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", d.state, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.state, 0); err != nil {
			t.Error(err)
		}
	})
	_, err := Connect(t.Context(), t.Output())
	oneLine(t, err, "starting buildkitd", "no space left on device", "PIPELINE_STATE_DIR")
	if pids := processes(t, d); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
}

// TestDiskFullBuild builds the daemon into a cache that is too small for it.
func TestDiskFullBuild(t *testing.T) {
	d := engine(t)
	cache := t.TempDir()
	if err := syscall.Mount("tmpfs", cache, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(cache, 0); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("PIPELINE_CACHE_DIR", cache)
	_, err := Connect(t.Context(), t.Output())
	oneLine(t, err, "building buildkitd", "no space left on device", "PIPELINE_CACHE_DIR")
	if left, err := filepath.Glob(filepath.Join(cache, "bin", "buildkitd*")); err != nil || len(left) > 0 {
		t.Errorf("%q, %v is left of the build", left, err)
	}
	if pids := processes(t, d); len(pids) > 0 {
		t.Errorf("processes %v", pids)
	}
}

// TestStateInUse starts a second daemon on the state of the first.
func TestStateInUse(t *testing.T) {
	d := engine(t)
	connect(t)
	t.Setenv("PIPELINE_RUN_DIR", filepath.Join(filepath.Dir(d.run), "run2"))
	_, err := Connect(t.Context(), io.Discard)
	oneLine(t, err, "starting buildkitd", "another buildkitd uses", d.state)
	t.Setenv("PIPELINE_RUN_DIR", d.run)
}

func TestDamagedState(t *testing.T) {
	d := engine(t)
	connect(t)
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"metadata_v2.db", "containerdmeta.db"} {
		path := filepath.Join(d.state, "runc-overlayfs", name)
		if err := os.WriteFile(path, []byte(strings.Repeat("damaged ", 4096)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Connect(t.Context(), io.Discard)
	oneLine(t, err, "starting buildkitd", "the state is damaged", d.state)
}

func TestPrivate(t *testing.T) {
	base := t.TempDir()
	open := filepath.Join(base, "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	oneLine(t, private(open, "PIPELINE_RUN_DIR"), open, "lets others in", "PIPELINE_RUN_DIR")
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	oneLine(t, private(file, "PIPELINE_RUN_DIR"), file, "not a directory")
	made := filepath.Join(base, "a", "b")
	for range 2 {
		if err := private(made, ""); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v, want mode 0700", info, err)
	}
}
