package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"
)

// Forward is a TCP port in front of another, over a line, that counts the bytes that pass.
type Forward struct {
	// Address is where clients connect, HOST:PORT.
	Address  string
	target   string
	line     *Line
	up, down atomic.Int64
}

// NewForward listens at an address, HOST:PORT, until the context ends, and passes connections on to target.
func NewForward(ctx context.Context, listen, target string, line *Line) (*Forward, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening for clients of %s: %w", target, err)
	}
	f := &Forward{Address: l.Addr().String(), target: target, line: line}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(ctx, client)
		}
	}()
	return f, nil
}

// Moved is how many bytes clients have sent and received.
func (f *Forward) Moved() (up, down int64) { return f.up.Load(), f.down.Load() }

func (f *Forward) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", f.target)
	if err != nil {
		return
	}
	defer server.Close()
	f.line.connect()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.pass(ctx, server, client, &f.up)
	}()
	f.pass(ctx, client, server, &f.down)
	<-done
}

// pass copies until one side ends, and tells the other.
func (f *Forward) pass(ctx context.Context, to, from net.Conn, n *atomic.Int64) {
	f.line.carry(ctx, io.MultiWriter(to, counter{n}), from)
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
}

// counter counts what is written.
type counter struct{ n *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return len(b), nil
}
