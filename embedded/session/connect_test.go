package session

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// slow is a session whose engine takes for ever to be reached.
func slow(t *testing.T) (s *Server, connecting chan struct{}) {
	t.Helper()
	connecting = make(chan struct{})
	s = New(Options{Progress: "quiet", Connect: func(ctx context.Context) (string, error) {
		close(connecting)
		<-ctx.Done()
		return "", context.Cause(ctx)
	}})
	t.Cleanup(func() { _ = s.Close() })
	return s, connecting
}

// TestNoStopIsLostWhileConnecting: building and starting the engine can take
// minutes, in which nothing runs that had to be waited for.
func TestNoStopIsLostWhileConnecting(t *testing.T) {
	for name, stop := range map[string]func(*Server){
		"kill": (*Server).Kill, "interrupt": (*Server).Interrupt, "close": func(s *Server) { _ = s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s, connecting := slow(t)
			answers := make(chan error, 2)
			for range cap(answers) {
				go func() {
					_, err := s.Query(context.Background(), "{defaultPlatform}")
					answers <- err
				}()
			}
			<-connecting
			stop(s)
			for range cap(answers) {
				if err := <-answers; err == nil {
					t.Error("a query was answered")
				}
			}
		})
	}
}

func TestNothingIsConnectedAfterAKill(t *testing.T) {
	s := New(Options{Progress: "quiet", Connect: func(context.Context) (string, error) {
		t.Error("connected")
		return "", errors.New("no")
	}})
	s.Kill()
	if _, err := s.Query(context.Background(), "{defaultPlatform}"); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}

// TestAQueryLeavesAndTheConnectionStays: the first query that asks for the engine
// may be withdrawn, those of others go on.
func TestAQueryLeavesAndTheConnectionStays(t *testing.T) {
	reached := make(chan struct{})
	connecting := make(chan struct{})
	s := New(Options{Progress: "quiet", Connect: func(ctx context.Context) (string, error) {
		close(connecting)
		<-reached
		if ctx.Err() != nil {
			t.Error("the connection ended with the query")
		}
		return "", errors.New("as far as this goes")
	}})
	t.Cleanup(func() { _ = s.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error)
	go func() {
		_, err := s.Query(ctx, "{defaultPlatform}")
		first <- err
	}()
	<-connecting
	cancel()
	if err := <-first; err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v", err)
	}
	close(reached)
	if _, err := s.Query(context.Background(), "{defaultPlatform}"); err == nil || !strings.Contains(err.Error(), "as far as this goes") {
		t.Errorf("got %v", err)
	}
}
