package session

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/moby/buildkit/session/sshforward"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// controlID names the forwarded socket on which a shim waits for stop requests.
// BuildKit's SSH forwarding is the one way it has to carry a live stream from
// the client into an exec.
const controlID = "pipeline-control"

// Grace is how long an exec may take to end after a stop request before it is
// killed. terraform needs it to finish the resource it is at, write the state
// and release the lock.
const Grace = 5 * time.Minute

// stops holds the control streams of the execs that run now.
type stops struct {
	mu      sync.Mutex
	streams map[chan struct{}]struct{}
	stopped bool
}

func newStops() *stops { return &stops{streams: map[chan struct{}]struct{}{}} }

// Interrupt asks every running exec to stop (SIGINT to its process group), and
// every exec that starts later in this session too. What still runs after Grace
// is killed. While the engine is still to be reached, nothing runs: that ends at
// once.
func (s *Server) Interrupt() {
	if s.engine.connecting() {
		s.engine.kill()
	}
	s.stops.mu.Lock()
	s.stops.stopped = true
	for c := range s.stops.streams {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	s.stops.mu.Unlock()
	time.AfterFunc(Grace, s.engine.kill)
}

// Kill ends every running exec at once.
func (s *Server) Kill() { s.engine.kill() }

func (st *stops) interrupted() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stopped
}

// Register implements session.Attachable.
func (st *stops) Register(server *grpc.Server) { sshforward.RegisterSSHServer(server, st) }

// CheckAgent implements sshforward.SSHServer.
func (st *stops) CheckAgent(_ context.Context, req *sshforward.CheckAgentRequest) (*sshforward.CheckAgentResponse, error) {
	if req.ID != controlID {
		return nil, errors.New("no agent is forwarded")
	}
	return &sshforward.CheckAgentResponse{}, nil
}

// ForwardAgent implements sshforward.SSHServer: it holds the stream of one exec
// until that ends, and sends it a byte for each stop request.
func (st *stops) ForwardAgent(stream sshforward.SSH_ForwardAgentServer) error {
	md, _ := metadata.FromIncomingContext(stream.Context())
	if ids := md.Get(sshforward.KeySSHID); len(ids) != 1 || ids[0] != controlID {
		return errors.New("no agent is forwarded")
	}
	c := make(chan struct{}, 1)
	st.mu.Lock()
	st.streams[c] = struct{}{}
	if st.stopped {
		c <- struct{}{}
	}
	st.mu.Unlock()
	defer func() {
		st.mu.Lock()
		delete(st.streams, c)
		st.mu.Unlock()
	}()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for stream.RecvMsg(&sshforward.BytesMessage{}) == nil {
		}
	}()
	for {
		select {
		case <-c:
			if err := stream.SendMsg(&sshforward.BytesMessage{Data: []byte{1}}); err != nil {
				return err
			}
		case <-gone:
			return nil
		case <-stream.Context().Done():
			return nil
		}
	}
}
