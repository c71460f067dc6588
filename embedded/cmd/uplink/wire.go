package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"dagger/pipeline/embedded/subnet"
)

// wire is this end of the bridge's port to the outside.
type wire struct {
	socket int // takes and gives whole frames
}

const (
	bridgePort = "uplink0"
	stackPort  = "uplink1"
	// socketBuffer holds a few dozen frames of the largest size.
	socketBuffer = 8 << 20
)

// newWire makes the namespace, keeps it mounted on file, and opens the wire.
func newWire(file string) (wire, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return wire{}, err
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return wire{}, err
	}
	type result struct {
		wire
		error
	}
	made := make(chan result)
	go func() {
		// Never unlocked: the thread is in the namespace and ends with this goroutine.
		runtime.LockOSThread()
		w, err := makeWire(file)
		made <- result{w, err}
	}()
	r := <-made
	return r.wire, r.error
}

func makeWire(file string) (wire, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return wire{}, fmt.Errorf("making a network namespace: %w", err)
	}
	if err := unix.Mount("/proc/thread-self/ns/net", file, "", unix.MS_BIND, ""); err != nil {
		return wire{}, fmt.Errorf("mounting the network namespace on %q: %w", file, err)
	}
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: subnet.Bridge, MTU: subnet.MTU}}
	if err := netlink.LinkAdd(bridge); err != nil {
		return wire{}, fmt.Errorf("adding a bridge: %w", err)
	}
	port := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: bridgePort, MTU: subnet.MTU, MasterIndex: bridge.Index}, PeerName: stackPort, PeerMTU: subnet.MTU}
	if err := netlink.LinkAdd(port); err != nil {
		return wire{}, fmt.Errorf("adding a pair of interfaces: %w", err)
	}
	peer, err := netlink.LinkByName(stackPort)
	if err != nil {
		return wire{}, err
	}
	for _, link := range []netlink.Link{bridge, port, peer} {
		if err := netlink.LinkSetUp(link); err != nil {
			return wire{}, fmt.Errorf("setting %q up: %w", link.Attrs().Name, err)
		}
	}
	return openWire(peer.Attrs().Index)
}

// openWire opens a socket on which the interface's frames can be read and written.
func openWire(index int) (wire, error) {
	every := networkOrder(unix.ETH_P_ALL)
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(every))
	if err != nil {
		return wire{}, fmt.Errorf("opening a packet socket: %w", err)
	}
	err = errors.Join(
		unix.Bind(socket, &unix.SockaddrLinklayer{Protocol: every, Ifindex: index}),
		unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer),
		unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, socketBuffer),
	)
	if err != nil {
		unix.Close(socket)
		return wire{}, fmt.Errorf("opening a packet socket: %w", err)
	}
	return wire{socket}, nil
}

func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }
