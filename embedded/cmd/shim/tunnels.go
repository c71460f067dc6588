package main

import (
	"errors"
	"io"
	"net"

	"dagger/pipeline/embedded/tunnel"
)

// stream is a stream to the session, over a socket that BuildKit forwards.
type stream struct {
	*net.UnixConn
	frames io.Reader
}

func dial(socket string, hello tunnel.Hello, more ...byte) (stream, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return stream{}, err
	}
	if _, err := conn.Write(append([]byte{byte(hello)}, more...)); err != nil {
		return stream{}, errors.Join(err, conn.Close())
	}
	return stream{conn, tunnel.Unframed(conn)}, nil
}

func (s stream) Read(p []byte) (int, error) { return s.frames.Read(p) }

// ReadFrom and WriteTo replace those of the connection, which do not know frames.
func (s stream) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{s.UnixConn}, r)
}
func (s stream) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{s.frames})
}

// join connects a connection with a stream.
func (s stream) join(conn *net.TCPConn) {
	tunnel.Join(s, conn)
	_ = s.Close()
	_ = conn.Close()
}
