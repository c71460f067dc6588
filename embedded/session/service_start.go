package session

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"dagger/pipeline/embedded/tunnel"
)

// stopPatience is how long a service may take to end by itself, as on Dagger.
const stopPatience = 10 * time.Second

// services are the services of the session. One runs from the start of the first
// command that uses it to the end of the last: a cached result starts none.
type services struct {
	server *Server

	mu      sync.Mutex
	known   map[string]*service // by key
	running map[string]*running // by key
	serving map[string]*running // by the id of its streams
	failed  map[string]*Error   // why a service was not there, by key
}

// running is a service that runs. Its fields down to users are guarded by services.
type running struct {
	*service
	id     string
	users  int
	cancel context.CancelFunc

	settle sync.Once
	up     chan struct{} // closed when it is ready or will never be
	err    *Error        // of up
	idle   chan *forwarded
	status *forwarded
	ended  chan struct{} // gets a value when it has ended by itself after it was asked to
	done   chan struct{} // closed when its container is gone
}

func newServices(s *Server) *services {
	return &services{server: s, known: map[string]*service{}, running: map[string]*running{}, serving: map[string]*running{}, failed: map[string]*Error{}}
}

func (ss *services) know(svc *service) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.known[svc.key] = svc
}

// failure is why a service was missing.
func (ss *services) failure(key string) *Error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.failed[key]
}

// use gives a service to a command, and returns when it is ready.
func (ss *services) use(ctx context.Context, key string) (*running, error) {
	ss.mu.Lock()
	r := ss.running[key]
	if r == nil {
		var err error
		if r, err = ss.start(ss.known[key]); err != nil {
			ss.mu.Unlock()
			return nil, err
		}
	}
	r.users++
	ss.mu.Unlock()
	select {
	case <-r.up:
	case <-ctx.Done():
		ss.leave(r)
		return nil, context.Cause(ctx)
	}
	if r.err != nil {
		ss.leave(r)
		return nil, r.err
	}
	return r, nil
}

// start runs a service's command. Each run is made different for BuildKit, which
// would otherwise share one container among identical runs.
func (ss *services) start(svc *service) (*running, error) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{
		service: svc, id: servedPrefix + rand.Text(), cancel: cancel,
		up: make(chan struct{}), idle: make(chan *forwarded), ended: make(chan struct{}, 1), done: make(chan struct{}),
	}
	c, err := ss.server.exec(svc.container, svc.exec.servedOn(r.id))
	if err != nil {
		cancel()
		return nil, err
	}
	ss.running[svc.key], ss.serving[r.id] = r, r
	delete(ss.failed, svc.key)
	go func() {
		defer close(r.done)
		_, err := ss.server.solve(ctx, c.fs, &c.image.Platform)
		ss.fail(r, ss.endOf(ctx, r, c, err))
	}()
	return r, nil
}

// endOf is the error of a service that has ended.
func (ss *services) endOf(ctx context.Context, r *running, c *container, err error) *Error {
	var exit *Error
	if errors.As(err, &exit) {
		return &Error{Message: fmt.Sprintf("exit code: %v", exit.Extensions["exitCode"]), Extensions: exit.Extensions}
	}
	if err != nil {
		return &Error{Message: ss.server.explain(err)}
	}
	log, _ := ss.server.meta(ctx, c, "combined")
	return serviceError("service exited before healthcheck", r.exec.args, 0, log)
}

// serviceError has the form in which Dagger reports a command's exit.
func serviceError(message string, command []string, code int, output string) *Error {
	return &Error{Message: message, Extensions: map[string]any{
		"_type": "EXEC_ERROR", "cmd": command, "exitCode": code, "stdout": "", "stderr": strings.TrimSpace(output),
	}}
}

// fail ends a service that cannot be used, or no longer.
func (ss *services) fail(r *running, why *Error) {
	why.Message = ss.server.scrub.String(why.Message)
	ss.mu.Lock()
	if r.users > 0 && ss.failed[r.key] == nil {
		ss.failed[r.key] = why
	}
	ss.mu.Unlock()
	r.settle.Do(func() {
		r.err = why
		close(r.up)
	})
	r.cancel()
}

// heard handles the reports of the service's shim.
func (ss *services) heard(r *running, report tunnel.Report) {
	switch {
	case report.Ready:
		r.settle.Do(func() { close(r.up) })
	case report.Ended:
		select {
		case r.ended <- struct{}{}:
		default:
		}
	default:
		command := report.Check
		if command == nil {
			command = r.exec.args
		}
		ss.fail(r, serviceError("health check errored: "+report.Problem, command, 1, ss.server.scrub.String(report.Output+"\n"+report.Log)))
	}
}

// leave ends a command's use of a service. The last one ends the service.
func (ss *services) leave(r *running) {
	ss.mu.Lock()
	r.users--
	last := r.users == 0
	if last && ss.running[r.key] == r {
		delete(ss.running, r.key)
	}
	ss.mu.Unlock()
	if last {
		go r.stop()
	}
}

// stop asks a service to end, waits a while, and kills it.
func (r *running) stop() {
	defer r.cancel()
	select {
	case <-r.up:
	default:
		return
	}
	if r.err != nil || r.status == nil || r.status.ask() != nil {
		return
	}
	select {
	case <-r.ended:
	case <-r.done:
	case <-time.After(stopPatience):
	}
}

// close kills what still runs and waits until it is gone.
func (ss *services) close() {
	ss.mu.Lock()
	var all []*running
	for _, r := range ss.serving {
		all = append(all, r)
	}
	ss.mu.Unlock()
	for _, r := range all {
		r.cancel()
		<-r.done
	}
}

// interrupt ends the wait for services that are not ready.
func (ss *services) interrupt() {
	ss.mu.Lock()
	var all []*running
	for _, r := range ss.running {
		all = append(all, r)
	}
	ss.mu.Unlock()
	for _, r := range all {
		select {
		case <-r.up:
		default:
			ss.fail(r, &Error{Message: "interrupted"})
		}
	}
}
