package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"dagger/pipeline/embedded/tunnel"
)

// noService is the exit code that is written if a service of the command is
// missing; no command has it. The session knows why. BuildKit gets unserved,
// whatever exit code the command was expected to have.
const (
	noService = -1
	unserved  = 125
)

// bind waits for the services that the command uses and opens their ports in this
// container. Each is SOCKET=ADDRESS:PORT,PORT. lost gets a value when one ends.
func bind(services []string) (lost <-chan struct{}, err error) {
	gone := make(chan struct{}, len(services))
	ready := make(chan error, len(services))
	for _, service := range services {
		socket, at, _ := strings.Cut(service, "=")
		go func() {
			held, err := hold(socket)
			if err == nil {
				err = listen(socket, at)
			}
			ready <- err
			if err == nil {
				_, _ = held.Read(make([]byte, 1))
				gone <- struct{}{}
			}
		}()
	}
	for range services {
		err = errors.Join(err, <-ready)
	}
	return gone, err
}

func hold(socket string) (stream, error) {
	s, err := dial(socket, tunnel.Hold)
	if err != nil {
		return s, err
	}
	if _, err := s.Read(make([]byte, 1)); err != nil {
		return s, errors.New("the service is not there")
	}
	return s, nil
}

func listen(socket, at string) error {
	address, ports, _ := strings.Cut(at, ":")
	for port := range strings.SplitSeq(ports, ",") {
		l, err := net.Listen("tcp", net.JoinHostPort(address, port))
		if err != nil {
			return fmt.Errorf("listening for a service: %w", err)
		}
		number := l.Addr().(*net.TCPAddr).Port
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					s, err := dial(socket, tunnel.Connect, tunnel.Port(number)...)
					if err != nil {
						_ = conn.Close()
						return
					}
					s.join(conn.(*net.TCPConn))
				}()
			}
		}()
	}
	return nil
}
