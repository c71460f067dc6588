package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"
)

// Forward is a TCP port in front of another that counts what passes.
type Forward struct {
	// Address is where clients connect, HOST:PORT on loopback.
	Address string
	// Dial connects to the service behind.
	dial     atomic.Pointer[dialer]
	up, down atomic.Int64
}

type dialer func(ctx context.Context) (net.Conn, error)

// NewForward listens until the context ends and passes connections on to target.
func NewForward(ctx context.Context, target string) (*Forward, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the registry's clients: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	f := &Forward{Address: l.Addr().String()}
	f.Through(func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", target)
	})
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

// Through makes new connections take another way to the service.
func (f *Forward) Through(dial func(ctx context.Context) (net.Conn, error)) {
	d := dialer(dial)
	f.dial.Store(&d)
}

// Moved is how many bytes clients have sent and received.
func (f *Forward) Moved() (up, down int64) { return f.up.Load(), f.down.Load() }

func (f *Forward) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (*f.dial.Load())(ctx)
	if err != nil {
		return
	}
	defer server.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		pass(server, client, &f.up)
	}()
	pass(client, server, &f.down)
	<-done
}

// pass copies until one side ends, and tells the other.
func pass(to, from net.Conn, n *atomic.Int64) {
	_, _ = io.Copy(to, &counter{from, n})
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}
