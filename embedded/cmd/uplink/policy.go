package main

import (
	"net/netip"

	"dagger/pipeline/embedded/subnet"
)

const dnsPort = 53

// metadata are addresses at which clouds serve a machine its credentials, in
// addition to 169.254.0.0/16.
var metadata = []netip.Addr{
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
}

// reachable reports whether containers may open a connection to an address. They
// may not reach this machine's loopback, each other, or services that give a machine
// its credentials; some clouds have their DNS server there, which they may ask.
func reachable(to netip.AddrPort) bool {
	a := to.Addr().Unmap()
	switch {
	case !a.Is4(), a.IsLoopback(), a.IsMulticast(), subnet.Range.Contains(a):
		return false
	case a.As4()[0] == 0, a.As4()[0] >= 240: // this host; reserved and broadcast
		return false
	case a.IsLinkLocalUnicast():
		return to.Port() == dnsPort
	}
	for _, m := range metadata {
		if a == m {
			return to.Port() == dnsPort
		}
	}
	return true
}

// asksUs reports whether a packet is a query to the gateway's DNS.
func asksUs(to netip.AddrPort) bool {
	return to.Addr() == subnet.Gateway && to.Port() == dnsPort
}
