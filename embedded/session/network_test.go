package session

import (
	"fmt"
	"net"
	"testing"
)

// TestHostNetwork: what listens on this machine's loopback is reached where the caller
// chose its network, and nowhere else.
func TestHostNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dial := fmt.Sprintf(`withExec(args:["nc","127.0.0.1","%d"],stdin:"",expect:ANY){exitCode`, l.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	for host, want := range map[bool]string{true: "0", false: "1"} {
		s := newServer(t)
		s.opts.HostNetwork = host
		if got := chain(t, s, dial); got != want {
			t.Errorf("host network %v: exit code %s, want %s", host, got, want)
		}
	}
}
