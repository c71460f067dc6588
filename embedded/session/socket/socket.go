// Package socket serves HTTP to one program that has yet to be started, on a
// socket that it inherits. The socket is one end of a pair that has no address:
// nobody can connect to it, on whatever network. All requests share the one
// connection, by HTTP/2.
package socket

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// streams is how many requests may be in progress at once.
const streams = 10_000

// Serve starts to serve h, and returns the socket for the program to inherit.
func Serve(h http.Handler) (*http.Server, *os.File, error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a pair of sockets: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "session"), os.NewFile(uintptr(pair[1]), "session")
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("opening a pair of sockets: %w", err)
	}
	s := &http.Server{Handler: h, Protocols: new(http.Protocols), HTTP2: &http.HTTP2Config{MaxConcurrentStreams: streams}}
	s.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = s.Serve(&single{conn}) }()
	return s, theirs, nil
}

// single is a listener that has one connection to give.
type single struct{ conn net.Conn }

func (l *single) Accept() (net.Conn, error) {
	conn := l.conn
	l.conn = nil
	if conn == nil {
		return nil, io.EOF
	}
	return conn, nil
}

func (*single) Close() error   { return nil } // the server closes the connection
func (*single) Addr() net.Addr { return &net.UnixAddr{Net: "unix"} }
