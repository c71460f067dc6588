package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const patience = 5 * time.Second

func dial(address string) error {
	c, err := net.DialTimeout("tcp", address, patience)
	if err == nil {
		c.Close()
	}
	return err
}

// listen fails when somebody calls before the file is there.
func listen(address, file string) {
	l, err := net.Listen("tcp", address)
	check(err)
	called := make(chan string, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			called <- c.RemoteAddr().String()
		}
	}()
	own, err := ownAddress()
	check(err)
	check(os.WriteFile(file+".address", []byte(own.Addr().String()), 0o600))
	for {
		select {
		case who := <-called:
			fail("called by %s", who)
		case <-time.After(10 * time.Millisecond):
			if _, err := os.Stat(file); err == nil {
				return
			}
		}
	}
}

// neighbours calls every address from the gateway to some beyond this container's own.
func neighbours(file, port string) {
	var other []byte
	for len(other) == 0 { // until it listens
		time.Sleep(10 * time.Millisecond)
		other, _ = os.ReadFile(file + ".address")
	}
	own, err := ownAddress()
	check(err)
	if string(other) == own.Addr().String() {
		fail("both have the address %s", other)
	}
	addresses := []string{string(other)}
	a := own.Masked().Addr()
	for range 40 {
		a = a.Next()
		if a != own.Addr() {
			addresses = append(addresses, a.String())
		}
	}
	var all sync.WaitGroup
	for _, a := range addresses {
		all.Go(func() {
			if dial(net.JoinHostPort(a, port)) == nil {
				fail("%s was reached", a)
			}
		})
	}
	all.Wait()
}

// ownAddress is this container's, beside its loopback's.
func ownAddress() (netip.Prefix, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Prefix{}, err
	}
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("no address among %v", addresses)
}
