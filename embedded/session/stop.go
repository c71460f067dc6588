package session

import (
	"sync"
	"time"

	"github.com/moby/buildkit/session/sshforward"
)

// controlID names the forwarded socket on which a shim waits for stop requests.
const controlID = "pipeline-control"

// Grace is how long an exec may take to end after a stop request before it is
// killed. terraform needs it to finish the resource it is at, write the state
// and release the lock.
const Grace = 5 * time.Minute

// stops holds the control streams of the running execs.
type stops struct {
	mu      sync.Mutex
	streams map[chan struct{}]struct{}
	stopped bool
}

func newStops() *stops { return &stops{streams: map[chan struct{}]struct{}{}} }

// Interrupt asks every running exec to stop (SIGINT to its process group), and
// every exec that starts later in this session too. Execs still running after Grace
// are killed. While the engine is not yet connected nothing runs, and connecting
// ends at once.
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
	s.services.interrupt()
	time.AfterFunc(Grace, s.engine.kill)
}

// Kill ends every running exec at once.
func (s *Server) Kill() { s.engine.kill() }

func (st *stops) interrupted() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stopped
}

// forward holds the stream of one exec until that ends, and sends it a byte for
// each stop request.
func (st *stops) forward(stream sshforward.SSH_ForwardAgentServer) error {
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
