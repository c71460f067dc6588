package daemon

import (
	"net"
	"os"
	"sync"
	"testing"
)

func TestCallersShareOneDaemon(t *testing.T) {
	d := engine(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if out, err := helper("connect").CombinedOutput(); err != nil || string(out) != d.address() {
				t.Errorf("connect = %s, %v", out, err)
			}
		})
	}
	wg.Wait()
	if pids := processes(t, d); len(pids) != 2 {
		t.Errorf("processes %v, want buildkitd and its uplink", pids)
	}
	if _, err := os.Stat(d.log() + ".old"); err == nil {
		t.Error("a second log: the daemon was started twice")
	}
}

// TestStaleRunDir starts over what a reboot leaves: a socket and the pid of another process.
func TestStaleRunDir(t *testing.T) {
	d := engine(t)
	if err := private(d.run, ""); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", d.socket())
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	other, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	other.Start++ // the pid is in use again
	if err := other.write(d.record()); err != nil {
		t.Fatal(err)
	}
	connect(t)
	if now := pid(t); now == os.Getpid() || now == 0 {
		t.Errorf("pid %d", now)
	}
}

// BenchmarkConnect is what every call pays when the daemon runs.
func BenchmarkConnect(b *testing.B) {
	engine(b)
	if _, err := Connect(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Connect(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
