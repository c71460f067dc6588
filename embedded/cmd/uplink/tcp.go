package main

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// dialTimeout is as long as the kernel itself would try.
const dialTimeout = 130 * time.Second

// forwardTCP opens the connection that a container requests and only then accepts
// the container's, so that the container sees a refused connection as refused.
func (c *counter) forwardTCP(r *tcp.ForwarderRequest) {
	from, to := ends(r.ID())
	if !c.take(from) {
		r.Complete(true)
		return
	}
	defer c.release(from)
	out, err := dialTCP(to)
	if err != nil {
		// A container waits for an answer as long as it likes.
		r.Complete(!errors.Is(err, os.ErrDeadlineExceeded))
		return
	}
	defer out.Close()
	var queue waiter.Queue
	end, failed := r.CreateEndpoint(&queue)
	if failed != nil {
		r.Complete(true)
		return
	}
	r.Complete(false)
	end.SocketOptions().SetKeepAlive(true)
	in := gonet.NewTCPConn(&queue, end)
	defer in.Close()
	join(in, out)
}

func dialTCP(to netip.AddrPort) (*net.TCPConn, error) {
	addresses := []string{to.String()}
	if asksUs(to) {
		addresses = nameservers()
	} else if !reachable(to) {
		return nil, errors.New("out of reach")
	}
	var last error
	for _, address := range addresses {
		conn, err := net.DialTimeout("tcp", address, dialTimeout)
		if err == nil {
			return conn.(*net.TCPConn), nil
		}
		last = err
	}
	return nil, last
}

// half is a connection whose directions can be closed separately.
type half interface {
	net.Conn
	CloseWrite() error
}

// join copies in both directions until both have ended, or one has failed.
func join(a, b half) {
	var both sync.WaitGroup
	for _, way := range [][2]half{{a, b}, {b, a}} {
		both.Go(func() {
			if _, err := io.Copy(way[1], way[0]); err != nil {
				a.Close()
				b.Close()
				return
			}
			_ = way[1].CloseWrite()
		})
	}
	both.Wait()
}
