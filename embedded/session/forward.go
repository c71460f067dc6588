package session

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/moby/buildkit/session/sshforward"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"dagger/pipeline/embedded/tunnel"
)

// Prefixes of the ids of streams opened by users of a service, and by the service.
// The rest is its key, or random.
const (
	usedPrefix   = "pipeline-service-"
	servedPrefix = "pipeline-serving-"
)

// forwards accepts the streams that shims open. SSH forwarding is BuildKit's only
// way to carry a live stream between a container and the client.
type forwards struct {
	stops    *stops
	services *services
	sockets  *sockets
}

// Register implements session.Attachable.
func (f forwards) Register(server *grpc.Server) { sshforward.RegisterSSHServer(server, f) }

var errNoAgent = errors.New("no agent is forwarded")

// CheckAgent implements sshforward.SSHServer.
func (f forwards) CheckAgent(_ context.Context, req *sshforward.CheckAgentRequest) (*sshforward.CheckAgentResponse, error) {
	if f.handler(req.ID) == nil {
		return nil, errNoAgent
	}
	return &sshforward.CheckAgentResponse{}, nil
}

// ForwardAgent implements sshforward.SSHServer.
func (f forwards) ForwardAgent(stream sshforward.SSH_ForwardAgentServer) error {
	md, _ := metadata.FromIncomingContext(stream.Context())
	ids := md.Get(sshforward.KeySSHID)
	if len(ids) != 1 {
		return errNoAgent
	}
	if h := f.handler(ids[0]); h != nil {
		return h(stream)
	}
	return errNoAgent
}

func (f forwards) handler(id string) func(sshforward.SSH_ForwardAgentServer) error {
	ss := f.services
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if key, ok := strings.CutPrefix(id, usedPrefix); ok && ss.known[key] != nil {
		return func(stream sshforward.SSH_ForwardAgentServer) error { return ss.used(newForwarded(stream), key) }
	}
	if r := ss.serving[id]; r != nil {
		return func(stream sshforward.SSH_ForwardAgentServer) error { return ss.served(newForwarded(stream), r) }
	}
	if k := f.sockets.get(id); k != nil {
		return k.join
	}
	if id == controlID {
		return f.stops.forward
	}
	return nil
}

// forwarded is a stream that a shim has opened.
type forwarded struct {
	sshforward.SSH_ForwardAgentServer
	*bufio.Reader
	done chan struct{} // closed when nobody needs it any more
}

type messages struct {
	stream sshforward.SSH_ForwardAgentServer
}

func (m messages) Read(p []byte) (int, error) {
	message := &sshforward.BytesMessage{}
	if err := m.stream.RecvMsg(message); err != nil {
		return 0, err
	}
	// A shim sends no more at a time than BuildKit's buffer holds.
	if len(message.Data) > len(p) {
		return 0, io.ErrShortBuffer
	}
	return copy(p, message.Data), nil
}

func newForwarded(stream sshforward.SSH_ForwardAgentServer) *forwarded {
	return &forwarded{stream, bufio.NewReaderSize(messages{stream}, 1<<16), make(chan struct{})}
}

func (f *forwarded) Write(p []byte) (int, error) {
	if err := f.SendMsg(&sshforward.BytesMessage{Data: tunnel.Frames(p)}); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *forwarded) CloseWrite() error {
	return f.SendMsg(&sshforward.BytesMessage{Data: tunnel.End()})
}

// ask sends the one byte that needs no explanation.
func (f *forwarded) ask() error { _, err := f.Write([]byte{1}); return err }

// used is a stream of a command that uses a service.
func (ss *services) used(f *forwarded, key string) error {
	hello, err := f.ReadByte()
	if err != nil {
		return err
	}
	switch tunnel.Hello(hello) {
	case tunnel.Hold:
		r, err := ss.use(f.Context(), key)
		if err != nil {
			return err
		}
		defer ss.leave(r)
		if err := f.ask(); err != nil {
			return err
		}
		select {
		case <-f.Context().Done():
		case <-r.done: // while it is used
		}
		return nil
	case tunnel.Connect:
		port, err := tunnel.ReadPort(f)
		if err != nil {
			return err
		}
		ss.mu.Lock()
		r := ss.running[key]
		ss.mu.Unlock()
		if r == nil {
			return errNoAgent
		}
		return r.connect(f, port)
	}
	return errNoAgent
}

// connect connects a stream with one of the service's.
func (r *running) connect(f *forwarded, port int) error {
	select {
	case other := <-r.idle:
		defer close(other.done)
		if _, err := other.Write(tunnel.Port(port)); err != nil {
			return err
		}
		joined := make(chan struct{})
		go func() {
			defer close(joined)
			tunnel.Join(f, other)
		}()
		select {
		case <-joined:
		case <-f.Context().Done():
		case <-other.Context().Done():
		}
		return nil
	case <-r.done:
		return errNoAgent
	case <-f.Context().Done():
		return nil
	}
}

// served is a stream of a service.
func (ss *services) served(f *forwarded, r *running) error {
	hello, err := f.ReadByte()
	if err != nil {
		return err
	}
	switch tunnel.Hello(hello) {
	case tunnel.Status:
		ss.mu.Lock()
		if r.status == nil {
			r.status = f
		}
		ss.mu.Unlock()
		for reports := json.NewDecoder(f); ; {
			var report tunnel.Report
			if err := reports.Decode(&report); err != nil {
				return nil
			}
			ss.heard(r, report)
		}
	case tunnel.Idle:
		select {
		case r.idle <- f:
			<-f.done
		case <-f.Context().Done():
		case <-r.done:
		}
	}
	return nil
}
