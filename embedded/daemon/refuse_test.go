package daemon

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

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
	if left, err := filepath.Glob(filepath.Join(cache, "engine", "v*")); err != nil || len(left) > 0 {
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
