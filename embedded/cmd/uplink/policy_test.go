package main

import (
	"net/netip"
	"testing"
)

func TestReachable(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34:443":     true,
		"10.0.0.7:5432":         true,
		"192.168.1.4:80":        true,
		"127.0.0.1:80":          false,
		"127.9.9.9:53":          false,
		"0.0.0.0:80":            false,
		"0.1.2.3:80":            false,
		"169.254.169.254:80":    false, // metadata of AWS, Google and most others
		"169.254.170.2:80":      false, // credentials of ECS
		"169.254.169.254:53":    true,  // Google's DNS
		"168.63.129.16:80":      false,
		"168.63.129.16:53":      true,
		"100.100.100.200:80":    false,
		"198.18.0.1:80":         false, // the gateway
		"198.18.7.7:8000":       false, // a neighbour
		"224.0.0.251:5353":      false,
		"255.255.255.255:67":    false,
		"[::1]:80":              false,
		"[::ffff:127.0.0.1]:80": false,
		"[fd00:ec2::254]:80":    false,
	} {
		if got := reachable(netip.MustParseAddrPort(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

func TestCounter(t *testing.T) {
	var c counter
	one, other := netip.MustParseAddr("198.18.0.2"), netip.MustParseAddr("198.18.0.3")
	for range share {
		if !c.take(one) {
			t.Fatal("refused within its share")
		}
	}
	if c.take(one) || !c.take(other) {
		t.Error("a container can take the share of another")
	}
	c.release(one)
	if !c.take(one) {
		t.Error("what was released is not free")
	}
}
