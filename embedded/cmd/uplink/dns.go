package main

import (
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

const resolvConf = "/etc/resolv.conf"

// patience is how long a nameserver may take before the next is asked.
const patience = 3 * time.Second

// nameservers are the machine's nameservers, read again each time: they change with
// its network, and may well be on its loopback, where no container reaches them.
func nameservers() []string {
	data, _ := os.ReadFile(resolvConf)
	return parseNameservers(string(data))
}

func parseNameservers(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		if _, err := netip.ParseAddr(fields[1]); err == nil {
			out = append(out, net.JoinHostPort(fields[1], strconv.Itoa(dnsPort)))
		}
	}
	if out == nil {
		return []string{"127.0.0.1:53"} // as the C library has it
	}
	return out
}

// answerQuestions answers the queries from one port of a container, until it is silent.
func answerQuestions(in net.Conn) {
	for {
		question := make([]byte, datagram)
		_ = in.SetReadDeadline(time.Now().Add(idle))
		n, err := in.Read(question)
		if err != nil {
			return
		}
		go func() {
			if answer := ask(question[:n], nameservers()); answer != nil {
				_, _ = in.Write(answer)
			}
		}()
	}
}

// ask returns the first answer, or nil.
func ask(question []byte, servers []string) []byte {
	for _, server := range servers {
		conn, err := net.Dial("udp", server)
		if err != nil {
			continue
		}
		answer := make([]byte, datagram)
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, err = conn.Write(question)
		n := 0
		if err == nil {
			n, err = conn.Read(answer)
		}
		conn.Close()
		if err == nil {
			return answer[:n]
		}
	}
	return nil
}
