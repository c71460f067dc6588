// Package tunnel is the protocol between a session and the shims of its containers
// when a container uses a service: which command serves, when it is ready, and the
// bytes of each connection.
//
// A shim opens streams to the session and starts each with a Hello. BuildKit signals
// the end of what the shim sends, but not of what the session sends: that comes in
// frames, and an empty frame is the end.
package tunnel

import (
	"encoding/binary"
	"io"
	"time"
)

// Hello is the first byte of a stream.
type Hello byte

const (
	// Hold requests the service, for as long as the stream is open. The answer is
	// one byte once it is ready; the end of the stream means that it is not available.
	Hold Hello = 'h'
	// Connect is followed by a port of the service, and then is the connection.
	Connect Hello = 'c'
	// Status is opened by the service: it sends one Report, and a byte requests
	// SIGTERM.
	Status Hello = 's'
	// Idle is opened by the service: it gets a port, and then is the connection.
	Idle Hello = 'i'
)

// Report is the report of a service's shim, as JSON on a line.
type Report struct {
	Ready bool `json:"ready,omitempty"`
	// Ended reports that the service has ended after it was asked to.
	Ended bool `json:"ended,omitempty"`
	// Problem is why it will not be ready; Check is the failed check, if any, Output
	// its output and Log the end of the service's output.
	Problem string   `json:"problem,omitempty"`
	Check   []string `json:"check,omitempty"`
	Output  string   `json:"output,omitempty"`
	Log     string   `json:"log,omitempty"`
}

// Readiness says when a service is ready: Command succeeds, and Ports are open.
type Readiness struct {
	Ports []int `json:"ports,omitempty"`
	// Command may fail Retries times, and any number of times during Grace.
	Command  []string      `json:"command,omitempty"`
	Interval time.Duration `json:"interval,omitempty"`
	Grace    time.Duration `json:"grace,omitempty"`
	Retries  int           `json:"retries,omitempty"`
	// Patience is how long the ports may take.
	Patience time.Duration `json:"patience"`
}

// Port is a port as encoded in a stream.
func Port(port int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(port)) }

// ReadPort reads a port.
func ReadPort(r io.Reader) (int, error) {
	b := make([]byte, 2)
	_, err := io.ReadFull(r, b)
	return int(binary.BigEndian.Uint16(b)), err
}

const largest = 1<<16 - 1

// Frames encodes bytes as frames.
func Frames(p []byte) []byte {
	out := make([]byte, 0, len(p)+2)
	for len(p) > 0 {
		n := min(len(p), largest)
		out = append(binary.BigEndian.AppendUint16(out, uint16(n)), p[:n]...)
		p = p[n:]
	}
	return out
}

// End is the frame that ends a direction.
func End() []byte { return []byte{0, 0} }

// Unframed reads the contents of frames; it ends where they do.
func Unframed(r io.Reader) io.Reader { return &unframed{from: r} }

type unframed struct {
	from  io.Reader
	left  int
	ended bool
}

func (u *unframed) Read(p []byte) (int, error) {
	if u.left == 0 && !u.ended {
		size := make([]byte, 2)
		if _, err := io.ReadFull(u.from, size); err != nil {
			return 0, broken(err)
		}
		u.left = int(binary.BigEndian.Uint16(size))
		u.ended = u.left == 0
	}
	if u.ended {
		return 0, io.EOF
	}
	n, err := u.from.Read(p[:min(len(p), u.left)])
	u.left -= n
	return n, broken(err)
}

// broken is the error of a stream that ends without an end frame.
func broken(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// half is a connection whose directions can be ended separately.
type half interface {
	io.ReadWriter
	CloseWrite() error
}

// Join copies in both directions until both have ended, or one has failed.
func Join(a, b half) {
	ended := make(chan error, 2)
	for _, way := range [][2]half{{a, b}, {b, a}} {
		go func() {
			_, err := io.Copy(way[1], way[0])
			if err == nil {
				err = way[1].CloseWrite()
			}
			ended <- err
		}()
	}
	if <-ended == nil {
		<-ended
	}
}
