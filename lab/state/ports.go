package state

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"strconv"
	"syscall"
)

// Ports are the ports a lab used last, by the name of the service. They are kept so that image
// references and endpoints stay the same from one start to the next.
type Ports map[string]int

// Below the range from which Linux takes ports for outgoing connections (32768 and up).
const firstPort, portRange, portTries = 20000, 12000, 50

// ReadPorts returns the ports kept in the state directory; having none is not an error.
func (d Dir) ReadPorts() (Ports, error) {
	ports := Ports{}
	_, err := ReadJSON(d.Path("ports.json"), &ports)
	return ports, err
}

// WritePorts keeps the ports for the next start.
func (d Dir) WritePorts(p Ports) error { return WriteJSON(d.Path("ports.json"), p) }

// Listen opens a TCP listener for a service on a local address: on the port it had last, else on
// one derived from the state directory's name, else on the next free one. The port is recorded in p.
func (p Ports) Listen(dir Dir, bind, service string) (net.Listener, error) {
	var last error
	for _, port := range p.candidates(dir, service) {
		l, err := net.Listen("tcp", net.JoinHostPort(bind, strconv.Itoa(port)))
		if err == nil {
			p[service] = port
			return l, nil
		}
		last = err
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, fmt.Errorf("listening for the lab's %s: %w: choose another local address with --bind", service, last)
}

func (p Ports) candidates(dir Dir, service string) []int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(dir) + "\x00" + service))
	start := int(h.Sum32() % portRange)
	var ports []int
	if p[service] > 0 {
		ports = append(ports, p[service])
	}
	for i := range portTries {
		ports = append(ports, firstPort+(start+i)%portRange)
	}
	return ports
}

// CheckBind refuses an address that is not one of this machine's own.
func CheckBind(address string) error {
	ip := net.ParseIP(address)
	if ip == nil {
		return fmt.Errorf("reading --bind %q: not an IP address: give one of this machine, such as 127.0.0.1", address)
	}
	if ip.IsUnspecified() {
		return fmt.Errorf("reading --bind %q: the lab never listens on every address: give one local address", address)
	}
	if ip.IsLoopback() {
		return nil
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("reading --bind %q: listing this machine's addresses: %w", address, err)
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return nil
		}
	}
	return fmt.Errorf("reading --bind %q: not an address of this machine: see them with \"ip -brief address\"", address)
}
