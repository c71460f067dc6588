package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	bksession "github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/filesync"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/util/entitlements"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// product names this client to BuildKit.
const product = "pipeline"

var (
	errSessionClosed = errors.New("the session is closed")
	errKilled        = errors.New("canceled")
)

// engine is the connection to BuildKit: one build job that stays open for the
// whole session, so that a solve costs one round trip and the parts of
// different solves are shared while they run.
type engine struct {
	err     error // of connect, like all down to ended once opened is closed
	client  *client.Client
	gateway gateway.Client
	steps   *steps
	imports []gateway.CacheOptionsEntry
	finish  chan struct{}
	ended   chan error

	mu     sync.Mutex
	opened chan struct{} // closed when connect has ended; nil before it begins
	cancel context.CancelCauseFunc
	closed bool
	killed bool
	kept   []gateway.Reference // what an external cache is to hold
}

// open connects unless something has already. The connection outlives the request
// that first asks for it, and a request may stop waiting for it.
func (s *Server) open(ctx context.Context) (gateway.Client, error) {
	e := &s.engine
	e.mu.Lock()
	var err error
	switch {
	case e.closed:
		err = errSessionClosed
	case e.killed:
		err = errKilled
	case e.opened == nil:
		job, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
		e.opened, e.cancel = make(chan struct{}), cancel
		go func() {
			e.err = s.connect(job)
			close(e.opened)
		}()
	}
	opened := e.opened
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case <-opened:
		return e.gateway, e.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// connecting reports whether a connection is under way.
func (e *engine) connecting() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.opened == nil {
		return false
	}
	select {
	case <-e.opened:
		return false
	default:
		return true
	}
}

// connect opens the connection. ctx ends with it.
func (s *Server) connect(ctx context.Context) error {
	e := &s.engine
	if err := s.readMachine(); err != nil {
		return err
	}
	addr, err := s.opts.Connect(ctx)
	if err != nil {
		return err
	}
	if e.client, err = client.New(ctx, addr); err != nil {
		return fmt.Errorf("connecting to buildkitd at %q: %w", addr, err)
	}
	opt := s.solveOpt()
	if opt.CacheExports, err = cacheExports(s.opts.CacheTo); err != nil {
		return err
	}
	if e.imports, err = cacheImports(s.opts.CacheFrom); err != nil {
		return err
	}
	e.finish, e.ended = make(chan struct{}), make(chan error, 1)
	if e.steps, err = newSteps(s.opts.Progress, s.scrub.Writer(s.opts.Stderr), newCleaner(s.scrub.Writer)); err != nil {
		return err
	}
	ready := make(chan gateway.Client, 1)
	go func() {
		_, err := e.client.Build(ctx, opt, product, func(ctx context.Context, gw gateway.Client) (*gateway.Result, error) {
			ready <- gw
			select {
			case <-e.finish:
			case <-ctx.Done():
			}
			return e.result()
		}, e.steps.channel())
		e.ended <- err
	}()
	select {
	case e.gateway = <-ready:
		return nil
	case err := <-e.ended:
		e.ended <- nil
		return fmt.Errorf("opening a session with buildkitd at %q: %w", addr, err)
	}
}

// solveOpt has what the client serves during a build: host directories,
// secrets, registry logins and stop requests. Internal keeps the build out
// of BuildKit's history on disk.
func (s *Server) solveOpt() client.SolveOpt {
	var entitled []string
	if s.opts.HostNetwork {
		entitled = []string{entitlements.EntitlementNetworkHost.String()}
	}
	return client.SolveOpt{
		Internal:            true,
		AllowedEntitlements: entitled,
		Session: []bksession.Attachable{
			filesync.NewFSSyncProvider(s.dirs),
			secretsprovider.NewSecretProvider(s.secrets),
			s.auth.provider(),
			forwards{s.stops, s.services, &s.sockets},
		},
	}
}

// solve evaluates a state and returns a reference to its files.
func (s *Server) solve(ctx context.Context, st llb.State, platform *ocispecs.Platform) (gateway.Reference, error) {
	gw, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	def, err := s.marshal(ctx, st, platform)
	if err != nil {
		return nil, err
	}
	res, err := s.request(ctx, gw, def.ToPB())
	if err == nil {
		err = s.keepOutputs(ctx, gw, def.ToPB())
	}
	if err != nil {
		return nil, s.execError(ctx, err)
	}
	return res.SingleRef()
}

func (s *Server) marshal(ctx context.Context, st llb.State, platform *ocispecs.Platform) (*llb.Definition, error) {
	if platform == nil {
		p, err := s.platform(ctx)
		if err != nil {
			return nil, err
		}
		platform = p
	}
	// Without a fixed id each definition would read the host's directories again,
	// and the commands after them would run once for each.
	def, err := st.Marshal(ctx, llb.Platform(*platform), llb.LocalUniqueID(s.localID))
	if err == nil {
		s.learn(def)
	}
	return def, err
}

// platform is the engine's own.
func (s *Server) platform(ctx context.Context) (*ocispecs.Platform, error) {
	gw, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range gw.BuildOpts().Workers {
		if len(w.Platforms) > 0 {
			return &w.Platforms[0], nil
		}
	}
	return nil, errors.New("reading the engine's platform: buildkitd has no worker")
}

// kill cancels everything that runs in the engine, including connecting to it.
func (e *engine) kill() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.killed = true
	if e.cancel != nil {
		e.cancel(errKilled)
	}
}

func (e *engine) close(explain func(error) string) error {
	if e.connecting() {
		e.kill()
	}
	e.mu.Lock()
	already, opened := e.closed, e.opened
	e.closed = true
	e.mu.Unlock()
	if already || opened == nil {
		return nil
	}
	if <-opened; e.gateway == nil {
		return nil
	}
	close(e.finish)
	err := <-e.ended
	e.mu.Lock()
	if e.killed || len(e.kept) == 0 {
		err = nil // nothing was to come of the build's end
	}
	e.mu.Unlock()
	e.steps.wait()
	if err != nil {
		err = fmt.Errorf("exporting the cache: %s", explain(err))
	}
	return errors.Join(err, e.client.Close())
}
