package session

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/moby/buildkit/session/sshforward"
)

// unixSocket is a Unix socket of the caller's machine, such as that of an SSH agent. A
// container that has it is connected with it by the session, which knows it by its id.
type unixSocket struct{ path, id string }

// socketPrefix begins the ids of sockets. The rest is a number: neither the path of a
// socket nor what listens there is part of a cache key.
const socketPrefix = "pipeline-socket-"

// sockets are those that the caller has named.
type sockets struct {
	mu    sync.Mutex
	paths []string
}

func (ss *sockets) add(path string) *unixSocket {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	i := slices.Index(ss.paths, path)
	if i < 0 {
		i, ss.paths = len(ss.paths), append(ss.paths, path)
	}
	return &unixSocket{path, socketPrefix + strconv.Itoa(i)}
}

// get is the socket with an id, nil where there is none.
func (ss *sockets) get(id string) *unixSocket {
	number, ok := strings.CutPrefix(id, socketPrefix)
	i, err := strconv.Atoi(number)
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if !ok || err != nil || i < 0 || i >= len(ss.paths) {
		return nil
	}
	return &unixSocket{ss.paths[i], id}
}

// join connects a stream that was opened in a container, until either end closes.
func (k *unixSocket) join(stream sshforward.SSH_ForwardAgentServer) error {
	conn, err := (&net.Dialer{}).DialContext(stream.Context(), "unix", k.path)
	if err != nil {
		return fmt.Errorf("connecting to the socket %q: %w", k.path, err)
	}
	defer conn.Close()
	ended := make(chan error, 2)
	go func() {
		ended <- sshforward.Copy(stream.Context(), conn, stream, func() error { ended <- nil; return nil })
	}()
	return <-ended
}

// hostSocket finds a socket of the host.
func (s *Server) hostSocket(p string) (*unixSocket, error) {
	info, err := os.Stat(s.hostPath(p))
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("host socket %q: no such socket", p)
	}
	return s.sockets.add(s.hostPath(p)), nil
}

// socketFields give a container sockets of the caller's machine.
func socketFields() []Field {
	return []Field{
		{Name: "withUnixSocket", Doc: "Connect a Unix socket of the container with one of the machine.", Returns: "Container!",
			Args: []Arg{argPath, required("source", "SocketID", "The socket."), argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				k, err := obj[*unixSocket](s, a, "source")
				if err != nil {
					return nil, err
				}
				return ctr(o).setMount(mount{target: a.str("path"), socket: k}), nil
			}},
		{Name: "withoutUnixSocket", Doc: "Take a Unix socket away.", Returns: "Container!", Args: []Arg{argPath, argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).withoutMount(a.str("path")), nil
			}},
	}
}

func init() {
	register(Type{Name: "Socket", Doc: "A Unix socket of the machine that the command line runs on."})
}
