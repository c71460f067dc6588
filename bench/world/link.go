package world

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Line is a network line: its round trip, and its rate in Mbit/s in each direction.
type Line struct {
	RoundTrip time.Duration
	Rate      int
}

func (l Line) String() string {
	return fmt.Sprintf("%d ms, %d Mbit/s", l.RoundTrip.Milliseconds(), l.Rate)
}

// The addresses are of the range that RFC 2544 keeps for benchmarks. Packets of 9000 bytes leave the
// processors to what is measured.
const (
	near, far = "198.18.77.1", "198.18.77.2"
	mtu       = 9000
)

// Slow leads the registry's clients over a line until done is called. The registry's end of it is in a
// network namespace of its own: real TCP crosses it, at a rate that the kernel's traffic control sets.
func (w *World) Slow(ctx context.Context, line Line) (done func() error, err error) {
	l, err := newLink(line)
	if err != nil {
		return nil, fmt.Errorf("making a line of %s: %w", line, errors.Join(err, l.close()))
	}
	ctx, cancel := context.WithCancel(ctx)
	far := forward(ctx, l.listener, w.Lab["REGISTRY"])
	w.Registry.Through(direct(far.Address))
	return func() error {
		defer cancel() // after the listener is closed, which the end of the context closes too
		w.Registry.Through(direct(w.Lab["REGISTRY"]))
		return l.close()
	}, nil
}

// link is two network devices whose packets this process carries from one to the other.
type link struct {
	near, far *os.File
	listener  net.Listener
}

// newLink makes the far device and the listener there in a namespace that lives as long as they do.
func newLink(line Line) (l link, err error) {
	if l.near, err = device(near, line.Rate); err != nil {
		return l, err
	}
	made := make(chan error)
	go func() {
		// The thread has another namespace than others: it ends with this function.
		runtime.LockOSThread()
		made <- func() (err error) {
			namespace, err := netns.New()
			if err != nil {
				return fmt.Errorf("making a network namespace: %w", err)
			}
			defer namespace.Close()
			if l.far, err = device(far, line.Rate); err != nil {
				return err
			}
			l.listener, err = net.Listen("tcp", far+":0")
			return err
		}()
	}()
	if err := <-made; err != nil {
		return l, err
	}
	go carry(l.far, l.near, line.RoundTrip/2)
	go carry(l.near, l.far, line.RoundTrip/2)
	return l, nil
}

// device makes one that is gone when its file is closed.
func device(address string, rate int) (*os.File, error) {
	tun := &netlink.Tuntap{
		LinkAttrs: netlink.LinkAttrs{Name: "bench%d"}, Mode: netlink.TUNTAP_MODE_TUN,
		Flags: netlink.TUNTAP_NO_PI, Queues: 1, NonPersist: true,
	}
	if err := netlink.LinkAdd(tun); err != nil {
		return nil, fmt.Errorf("making a network device: %w", err)
	}
	file := tun.Fds[0]
	own, err := netlink.ParseAddr(address + "/30")
	if err != nil {
		return file, err
	}
	bytes := uint64(rate) * 1_000_000 / 8
	burst := uint32(max(bytes/250, 4*mtu))
	for _, step := range []func() error{
		func() error { return netlink.LinkSetMTU(tun, mtu) },
		func() error { return netlink.LinkSetTxQLen(tun, 4096) },
		func() error { return netlink.AddrAdd(tun, own) },
		func() error { return netlink.LinkSetUp(tun) },
		func() error {
			return netlink.QdiscReplace(&netlink.Tbf{
				QdiscAttrs: netlink.QdiscAttrs{LinkIndex: tun.Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT},
				Rate:       bytes, Buffer: netlink.Xmittime(bytes, burst), Limit: burst + uint32(bytes/10), // a queue of 100 ms
			})
		},
	} {
		if err := step(); err != nil {
			return file, fmt.Errorf("setting up a network device: %w", err)
		}
	}
	return file, nil
}

// carry passes packets on when they have been under way for so long. It takes the place of netem, which
// not every kernel has.
func carry(from, to *os.File, delay time.Duration) {
	type packet struct {
		data []byte
		due  time.Time
	}
	way := make(chan packet, 1<<16)
	defer close(way)
	go func() {
		for p := range way {
			time.Sleep(time.Until(p.due))
			_, _ = to.Write(p.data) // a packet that is lost is sent again
		}
	}()
	for {
		data := make([]byte, mtu)
		n, err := from.Read(data)
		if err != nil {
			return // closed
		}
		way <- packet{data[:n], time.Now().Add(delay)}
	}
}

func (l link) close() error {
	var errs []error
	if l.listener != nil {
		errs = append(errs, l.listener.Close())
	}
	for _, f := range []*os.File{l.near, l.far} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
