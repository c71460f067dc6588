package tunnel

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// Frames carry any number of bytes, and an end that is not the stream's.
func TestFrames(t *testing.T) {
	for _, size := range []int{0, 1, largest - 1, largest, largest + 1, 3 * largest} {
		sent := make([]byte, size)
		_, _ = rand.Read(sent)
		stream := bytes.NewReader(append(append(Frames(sent), End()...), "the next"...))
		got, err := io.ReadAll(Unframed(iotest.HalfReader(stream)))
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d bytes: got %d, %v", size, len(got), err)
		}
	}
}

// A stream that breaks off is no end.
func TestBrokenStream(t *testing.T) {
	whole := Frames([]byte("some bytes"))
	for n := range len(whole) + 1 {
		if _, err := io.ReadAll(Unframed(bytes.NewReader(whole[:n]))); err == nil {
			t.Errorf("after %d of %d bytes: no error", n, len(whole))
		}
	}
	if _, err := ReadPort(bytes.NewReader([]byte{1})); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a port: %v", err)
	}
	if port, err := ReadPort(bytes.NewReader(Port(65535))); err != nil || port != 65535 {
		t.Errorf("port %d, %v", port, err)
	}
}
