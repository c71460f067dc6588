// Package subnet has the addresses of the containers' network. They are the same for
// every engine: each has a namespace of its own, in which nothing else is.
package subnet

import "net/netip"

const (
	// Bridge is what the containers are connected to.
	Bridge = "pipeline0"
	// MTU is the largest that a frame of 64 KiB holds: no packet meets a real network.
	MTU = 65520
)

var (
	// Range is set aside for tests of network devices (RFC 2544), so that no network
	// that a container wants to reach has it.
	Range = netip.MustParsePrefix("198.18.0.0/16")
	// Gateway is the way out, and answers DNS.
	Gateway = netip.MustParseAddr("198.18.0.1")
)
