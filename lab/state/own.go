package state

import (
	"net"
	"slices"
)

// OwnAddress is this machine's IPv4 address on its network, "" if it has none. It is the
// source address of connections to the outside; without a route to the outside, any address.
func OwnAddress() string {
	// A UDP socket that is connected sends nothing. The address is one for documentation (RFC 5737).
	if conn, err := net.Dial("udp4", "198.51.100.1:9"); err == nil {
		defer conn.Close()
		if ip := conn.LocalAddr().(*net.UDPAddr).IP; !ip.IsLoopback() {
			return ip.String()
		}
	}
	for _, ip := range own() {
		if ip.To4() != nil && ip.IsGlobalUnicast() {
			return ip.String()
		}
	}
	return ""
}

// FromHere is a listener that accepts connections only from this machine, including its containers.
type FromHere struct{ net.Listener }

// Accept implements net.Listener.
func (l FromHere) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, ok := conn.RemoteAddr().(*net.TCPAddr)
		if ok && slices.ContainsFunc(own(), from.IP.Equal) {
			return conn, nil
		}
		_ = conn.Close()
	}
}

// own are this machine's addresses.
func own() (all []net.IP) {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok {
			all = append(all, n.IP)
		}
	}
	return all
}
