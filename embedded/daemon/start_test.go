package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDaemonEnv: a secret of the caller's does not live on in the daemon.
func TestDaemonEnv(t *testing.T) {
	got := daemonEnv([]string{"PATH=/bin", "AWS_SECRET_ACCESS_KEY=canary", "HTTPS_PROXY=http://p", "OTEL_EXPORTER=x", "TMPDIR=/elsewhere", "NOTIFY_SOCKET=/n"}, "/s/tmp", "/usr/bin/runc")
	want := []string{"PATH=/bin", "HTTPS_PROXY=http://p", "TMPDIR=/s/tmp", "PIPELINE_RUNC=/usr/bin/runc", "BUILDKIT_STEP_LOG_MAX_SIZE=-1", "BUILDKIT_STEP_LOG_MAX_SPEED=-1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDescriptorsStay starts the daemon from a process that inherited a pipe: the
// pipe ends with that process.
func TestDescriptorsStay(t *testing.T) {
	engine(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := helper("connect")
	cmd.ExtraFiles = []*os.File{w}
	out, err := cmd.CombinedOutput()
	w.Close()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if pid(t) == 0 {
		t.Fatal("no daemon runs")
	}
	if err := r.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("reading the pipe: %v, want its end", err)
	}
}

// TestNoOverlay puts the state on a file system that overlayfs cannot stack on: another overlay.
func TestNoOverlay(t *testing.T) {
	d := engine(t)
	if err := private(d.state, ""); err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	for _, name := range []string{"lower", "upper", "work"} {
		if err := os.Mkdir(filepath.Join(base, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	option := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", base)
	if err := syscall.Mount("overlay", d.state, "overlay", 0, option); err != nil {
		t.Skipf("needs overlayfs: %v", err)
	}
	t.Cleanup(func() {
		if err := Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := syscall.Unmount(d.state, 0); err != nil {
			t.Error(err)
		}
	})
	var progress bytes.Buffer
	if _, err := Connect(t.Context(), &progress); err != nil {
		t.Fatal(err)
	}
	info, err := Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Snapshotter == "native" != strings.Contains(progress.String(), "overlayfs cannot be used") || info.Snapshotter == "overlayfs" {
		t.Errorf("snapshotter %q, progress %q", info.Snapshotter, progress.String())
	}
	c := connect(t)
	s, opt := probe(t, []string{"confined"})
	if out, err := solve(t.Context(), c, s, opt); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
