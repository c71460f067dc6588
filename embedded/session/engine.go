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

var errSessionClosed = errors.New("the session is closed")

// engine is the connection to BuildKit: one build job that stays open for the
// whole session, so that a solve costs one round trip and the parts of
// different solves are shared while they run.
type engine struct {
	once    sync.Once
	err     error
	client  *client.Client
	gateway gateway.Client
	steps   *steps
	cancel  context.CancelCauseFunc
	imports []gateway.CacheOptionsEntry
	finish  chan struct{}
	ended   chan error

	mu     sync.Mutex
	closed bool
	killed bool
	kept   []gateway.Reference // what an external cache is to hold
}

// open connects when nothing has yet.
func (s *Server) open(ctx context.Context) (gateway.Client, error) {
	e := &s.engine
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	if closed {
		return nil, errSessionClosed
	}
	e.once.Do(func() { e.err = s.connect(ctx) })
	return e.gateway, e.err
}

func (s *Server) connect(ctx context.Context) error {
	e := &s.engine
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
	// The job outlives the request that opened it.
	jobCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	e.cancel, e.finish, e.ended = cancel, make(chan struct{}), make(chan error, 1)
	if e.steps, err = newSteps(s.opts.Progress, s.scrub.Writer(s.opts.Stderr), newCleaner(s.scrub.Writer)); err != nil {
		return err
	}
	ready := make(chan gateway.Client, 1)
	go func() {
		_, err := e.client.Build(jobCtx, opt, product, func(ctx context.Context, gw gateway.Client) (*gateway.Result, error) {
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

// solveOpt holds what the client serves during a build: host directories,
// secrets, registry logins and the stop requests. Internal keeps the build out
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
			s.stops,
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
	// Without a fixed id each definition would read the host's directories anew,
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

// kill cancels everything that runs in the engine.
func (e *engine) kill() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil {
		e.killed = true
		e.cancel(errors.New("canceled"))
	}
}

func (e *engine) close() error {
	e.mu.Lock()
	already := e.closed
	e.closed = true
	e.mu.Unlock()
	if already || e.gateway == nil {
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
