package world

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// far is what so many connections of so many bytes each take over a line, by a clock that passes only while all wait.
func far(t *testing.T, text string, connections, size int) (took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		line, err := ParseLine(text)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var all sync.WaitGroup
		for range connections {
			to, from := net.Pipe()
			all.Go(func() {
				line.carry(t.Context(), to, bytes.NewReader(make([]byte, size)))
				_ = to.Close()
			})
			all.Go(func() {
				if n, err := io.Copy(io.Discard, from); n != int64(size) || err != nil {
					t.Errorf("%d bytes of %d arrived, %v", n, size, err)
				}
			})
		}
		all.Wait()
		took = time.Since(start)
	})
	return took
}

func TestLine(t *testing.T) {
	const megabyte = 1_000_000
	for _, c := range []struct {
		name              string
		line              string
		connections, size int
		want              time.Duration
	}{
		{"a byte takes the delay", "100mbit,20ms", 1, 1, 20 * time.Millisecond},
		{"a second's bytes take a second and the delay", "100mbit,20ms", 1, 100 * megabyte / 8, 1020 * time.Millisecond},
		{"a delay takes nothing of the rate", "100mbit,500ms", 1, 100 * megabyte / 8, 1500 * time.Millisecond},
		{"connections share the rate", "100mbit,20ms", 4, 100 * megabyte / 8, 4020 * time.Millisecond},
	} {
		got := far(t, c.line, c.connections, c.size)
		if burst := 10 * time.Millisecond; got > c.want || got < c.want-burst {
			t.Errorf("%s: it took %v, not %v", c.name, got, c.want)
		}
	}
}

// A client that goes away leaves the rate to others.
func TestLineOfClientThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, _ := ParseLine("1mbit,20ms")
		to, from := net.Pipe()
		_ = from.Close()
		sent := bytes.NewReader(make([]byte, 100<<20))
		line.carry(t.Context(), to, sent)
		if sent.Len() < 99<<20 {
			t.Errorf("all but %d bytes were taken for a client that is gone", sent.Len())
		}
	})
}

func TestLineIsRefused(t *testing.T) {
	for _, text := range []string{"100", "100mbit", "100mbit,20", "0mbit,20ms", "NaNmbit,20ms", "fastmbit,20ms", "100mbit,-1ms", "100mbit,20ms,x"} {
		if line, err := ParseLine(text); err == nil {
			t.Errorf("%q was read as %+v", text, line)
		}
	}
	if line, err := ParseLine(""); line != nil || err != nil {
		t.Errorf("no text: got %+v, %v", line, err)
	}
}
