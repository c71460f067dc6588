package daemon

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

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
