package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"dagger/pipeline/embedded/subnet"
)

const resolvConf = "/etc/resolv.conf"

// useNetwork prepares a container for its own network: any user may open any port, so
// that no capability is needed for it, and DNS queries go to the gateway, which
// also knows the nameservers on the machine's loopback.
func useNetwork(s *specs.Spec, bundle string) error {
	if s.Linux.Sysctl == nil {
		s.Linux.Sysctl = map[string]string{}
	}
	s.Linux.Sysctl["net.ipv4.ip_unprivileged_port_start"] = "0"
	for i, m := range s.Mounts {
		if m.Destination != resolvConf {
			continue
		}
		text, err := os.ReadFile(m.Source)
		if err != nil {
			return err
		}
		own := filepath.Join(bundle, "resolv.conf")
		if err := os.WriteFile(own, []byte(askGateway(string(text))), 0o644); err != nil {
			return err
		}
		s.Mounts[i].Source = own
	}
	return nil
}

// askGateway replaces all nameservers with the gateway; search domains and options stay.
func askGateway(text string) string {
	var b strings.Builder
	b.WriteString("nameserver " + subnet.Gateway.String() + "\n")
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "nameserver" {
			b.WriteString(strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	return b.String()
}
