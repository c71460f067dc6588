// Package subnet has the addresses of the containers' network. They are the same for
// every engine: each has its own namespace, with nothing else in it.
package subnet

import "net/netip"

const (
	// Bridge is what the containers are connected to.
	Bridge = "pipeline0"
	// MTU is the largest that fits a frame of 64 KiB: no packet meets a real network.
	MTU = 65520
)

var (
	// Range is reserved for tests of network devices (RFC 2544), so that no network
	// that a container wants to reach uses it.
	Range = netip.MustParsePrefix("198.18.0.0/16")
	// Gateway is the way out, and answers DNS.
	Gateway = netip.MustParseAddr("198.18.0.1")
)
