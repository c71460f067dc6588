package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Forward is a TCP port in front of another that counts what passes.
type Forward struct {
	// Address is where clients connect, HOST:PORT.
	Address  string
	way      atomic.Pointer[way]
	up, down atomic.Int64
}

// dialer connects to the service behind.
type dialer func(ctx context.Context) (net.Conn, error)

// way is how connections reach the service, until another one takes its place.
type way struct {
	dial dialer
	left context.Context
	end  context.CancelFunc
	// busy is read-locked by each connection.
	busy sync.RWMutex
}

func direct(target string) dialer {
	return func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "tcp", target) }
}

// NewForward listens at an address, HOST:PORT, until the context ends, and passes connections on to target.
func NewForward(ctx context.Context, listen, target string) (*Forward, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening for the registry's clients: %w", err)
	}
	return forward(ctx, l, target), nil
}

// forward passes on what comes to a listener until the context ends.
func forward(ctx context.Context, l net.Listener, target string) *Forward {
	f := &Forward{Address: l.Addr().String()}
	f.Through(direct(target))
	go f.accept(ctx, l)
	return f
}

func (f *Forward) accept(ctx context.Context, l net.Listener) {
	context.AfterFunc(ctx, func() { _ = l.Close() })
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go f.serve(ctx, client)
	}
}

// Through makes connections take another way to the service, and ends those that went the old one: clients
// that keep connections would not notice the change.
func (f *Forward) Through(dial dialer) {
	left, end := context.WithCancel(context.Background())
	if old := f.way.Swap(&way{dial: dial, left: left, end: end}); old != nil {
		old.end()
		old.busy.Lock() // when all have ended
		defer old.busy.Unlock()
	}
}

// Moved is how many bytes clients have sent and received.
func (f *Forward) Moved() (up, down int64) { return f.up.Load(), f.down.Load() }

func (f *Forward) serve(ctx context.Context, client net.Conn) {
	w := f.way.Load()
	w.busy.RLock()
	defer w.busy.RUnlock()
	defer client.Close()
	server, err := w.dial(ctx)
	if err != nil {
		return
	}
	defer server.Close()
	for _, c := range []net.Conn{client, server} {
		defer context.AfterFunc(w.left, func() { _ = c.Close() })()
	}
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
