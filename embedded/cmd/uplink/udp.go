package main

import (
	"errors"
	"net"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const (
	// idle is how long a UDP flow may be silent.
	idle = 2 * time.Minute
	// datagram is the largest there is.
	datagram = 64 << 10
)

// forwardUDP starts a flow. An address that is out of reach answers as a closed port does.
func (c *counter) forwardUDP(r *udp.ForwarderRequest) bool {
	from, to := ends(r.ID())
	ask := asksUs(to)
	if !ask && !reachable(to) || !c.take(from) {
		return false
	}
	var out net.Conn
	if !ask {
		var err error
		if out, err = net.Dial("udp", to.String()); err != nil {
			c.release(from)
			return false
		}
	}
	var queue waiter.Queue
	end, failed := r.CreateEndpoint(&queue)
	if failed != nil {
		if out != nil {
			out.Close()
		}
		c.release(from)
		return false
	}
	in := gonet.NewUDPConn(&queue, end)
	go func() {
		defer c.release(from)
		defer in.Close()
		if ask {
			answerQuestions(in)
			return
		}
		defer out.Close()
		go relay(in, out)
		relay(out, in)
	}()
	return true
}

// relay copies datagrams until one side is closed or the flow is silent. It ignores
// that nobody listens at the other end: the sender may try again.
func relay(to, from net.Conn) {
	buffer := make([]byte, datagram)
	for {
		_ = from.SetReadDeadline(time.Now().Add(idle))
		n, err := from.Read(buffer)
		if errors.Is(err, syscall.ECONNREFUSED) {
			continue
		}
		if err != nil {
			return
		}
		_, _ = to.Write(buffer[:n])
	}
}
