package world

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// A line takes at least its round trip and what its rate allows; without it, nothing of that.
func TestLine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root for a network namespace")
	}
	const size = 2 << 20
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", size)))
	}))
	defer server.Close()
	target := strings.TrimPrefix(server.URL, "http://")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f, err := NewForward(ctx, "127.0.0.1:0", target)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Registry: f, Lab: Lab{"REGISTRY": target}}
	get := func() time.Duration {
		t.Helper()
		begun := time.Now()
		resp, err := http.Get("http://" + f.Address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n != size {
			t.Fatalf("read %d bytes of %d: %v", n, size, err)
		}
		return time.Since(begun)
	}
	get()
	for _, line := range []Line{{0, 100}, {40 * time.Millisecond, 100}, {20 * time.Millisecond, 1000}} {
		done, err := w.Slow(ctx, line)
		if err != nil {
			t.Fatal(err)
		}
		// A connection and a request are two round trips.
		least := 2*line.RoundTrip + time.Duration(float64(size-1<<20)*8/float64(line.Rate)*float64(time.Microsecond))
		took := get()
		t.Logf("%s: %s", line, took)
		if took < least {
			t.Errorf("%s: %d bytes came in %s, want at least %s", line, size, took, least)
		}
		if _, err := net.InterfaceByName("bench0"); err != nil {
			t.Errorf("%s: the device: %v", line, err)
		}
		if err := done(); err != nil {
			t.Error(err)
		}
		if _, err := net.InterfaceByName("bench0"); err == nil {
			t.Errorf("%s: the device is still there", line)
		}
		get()
	}
}
