package main

import (
	"net"
	"slices"
	"testing"
)

func TestNameservers(t *testing.T) {
	for text, want := range map[string][]string{
		"# made\nnameserver 127.0.0.53\nsearch a\nnameserver\t10.0.0.2 \n": {"127.0.0.53:53", "10.0.0.2:53"},
		"nameserver fe80::1%eth0\n":                                        {"[fe80::1%eth0]:53"},
		"nameserver none\n":                                                {"127.0.0.1:53"},
		"":                                                                 {"127.0.0.1:53"},
	} {
		if got := parseNameservers(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNextNameserver: one that nobody listens at is passed over.
func TestNextNameserver(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		question := make([]byte, 100)
		for {
			n, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(append(question[:n:n], " answered"...), from)
		}
	}()
	if got := ask([]byte("question"), []string{"127.0.0.1:9", server.LocalAddr().String()}); string(got) != "question answered" {
		t.Errorf("got %q", got)
	}
	if got := ask([]byte("question"), []string{"127.0.0.1:9"}); got != nil {
		t.Errorf("got %q from nobody", got)
	}
}
