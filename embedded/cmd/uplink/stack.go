package main

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"dagger/pipeline/embedded/subnet"
)

const (
	nic        = tcpip.NICID(1)
	gatewayMAC = tcpip.LinkAddress("\x02\x70\x69\x70\x65\x01") // locally administered
	// opening bounds the connections that are being opened at a time.
	opening = 4096
)

// serve starts the stack at the end of the wire.
func serve(w wire) error {
	link, err := fdbased.New(&fdbased.Options{
		FDs:                []int{w.socket},
		MTU:                subnet.MTU,
		EthernetHeader:     true,
		Address:            gatewayMAC,
		PacketDispatchMode: fdbased.RecvMMsg,
		// Frames do not leave the machine: their checksums are not filled in.
		RXChecksumOffload: true,
	})
	if err != nil {
		return err
	}
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
	})
	sack, moderate := tcpip.TCPSACKEnabled(true), tcpip.TCPModerateReceiveBufferOption(true)
	steps := []tcpip.Error{
		s.SetTransportProtocolOption(tcp.ProtocolNumber, &sack),
		s.SetTransportProtocolOption(tcp.ProtocolNumber, &moderate),
		s.CreateNIC(nic, link),
		s.AddProtocolAddress(nic, tcpip.ProtocolAddress{
			Protocol:          ipv4.ProtocolNumber,
			AddressWithPrefix: tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4(subnet.Gateway.As4()), PrefixLen: subnet.Range.Bits()},
		}, stack.AddressProperties{}),
		// It takes packets for every address and answers in its name.
		s.SetPromiscuousMode(nic, true),
		s.SetSpoofing(nic, true),
	}
	for _, err := range steps {
		if err != nil {
			return errors.New(err.String())
		}
	}
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}})
	var open counter
	s.SetTransportProtocolHandler(tcp.ProtocolNumber, tcp.NewForwarder(s, 0, opening, open.forwardTCP).HandlePacket)
	s.SetTransportProtocolHandler(udp.ProtocolNumber, udp.NewForwarder(s, open.forwardUDP).HandlePacket)
	return nil
}

// ends are a connection's source and destination, as the container sees them.
func ends(id stack.TransportEndpointID) (from netip.Addr, to netip.AddrPort) {
	from, _ = netip.AddrFromSlice(id.RemoteAddress.AsSlice())
	a, _ := netip.AddrFromSlice(id.LocalAddress.AsSlice())
	return from, netip.AddrPortFrom(a, id.LocalPort)
}
