// Package session serves the part of the Dagger API that the pipeline's module
// uses, as GraphQL over HTTP on a socket that the module's program inherits, and
// translates it to BuildKit's LLB. BuildKit does the rest: it solves, caches,
// pulls and pushes.
package session

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	digest "github.com/opencontainers/go-digest"

	"dagger/pipeline/embedded/scrub"
)

// Options configure a Server.
type Options struct {
	// Connect returns the address of a running buildkitd. It is called once,
	// when something first needs the engine.
	Connect func(ctx context.Context) (addr string, err error)
	// Progress is auto, plain, tty or quiet. Default: auto.
	Progress string
	// Stderr gets the progress. Default: os.Stderr.
	Stderr io.Writer
	// Workdir is the directory that relative host paths start from. Default: the
	// current directory.
	Workdir string
	// Shim is the path of the shim binary that runs each exec.
	Shim string
	// Summary is the path of a file to which the session, when it ends, writes a JSON
	// document with every step: name, cached, seconds. Empty: none.
	Summary string
	// CacheFrom and CacheTo name caches outside of the engine, for runners that
	// keep nothing: the address of an image in a registry, or "type=..." as
	// buildctl takes it.
	CacheFrom, CacheTo []string
	// HostNetwork runs commands on the network of the engine's machine instead of
	// their own.
	HostNetwork bool
}

// Server is one session: the objects of one run of the command line.
type Server struct {
	opts     Options
	salt     []byte
	localID  string
	root     *object
	objects  *objects
	secrets  *secretStore
	scrub    scrub.Set
	exported sync.Map // directories of the host that directories were exported to
	auth     *registryAuth
	dirs     *hostDirs
	stops    *stops
	services *services
	sockets  sockets
	patience time.Duration // with a service's ports
	engine   engine
	works    sync.Map // the work of each command, by its digest
	solved   sync.Map // results that the engine gave, by the last operation
	kept     sync.Map // digests of commands whose output BuildKit keeps

	mu   sync.Mutex
	http *http.Server
}

// New returns a session that has not touched the engine yet.
func New(o Options) *Server {
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	if o.Workdir == "" {
		o.Workdir, _ = os.Getwd()
	}
	s := &Server{
		opts:    o,
		salt:    []byte(rand.Text()),
		localID: rand.Text(),
		root:    &object{typ: "Query", id: "query"},
		objects: newObjects(),
		dirs:    newHostDirs(),
		stops:   newStops(),
	}
	s.secrets = newSecretStore(&s.scrub, o.Stderr)
	s.auth = newRegistryAuth()
	s.services, s.patience = newServices(s), portPatience
	return s
}

// Scrub returns a writer that passes on to w without the plaintext of any
// secret of the session.
func (s *Server) Scrub(w io.Writer) io.Writer { return s.scrub.Writer(w) }

// Close ends the session: no more requests are served, and the engine forgets it.
func (s *Server) Close() error {
	s.mu.Lock()
	srv := s.http
	s.http = nil
	s.mu.Unlock()
	var errs []error
	if srv != nil {
		errs = append(errs, srv.Close())
	}
	s.services.close()
	errs = append(errs, s.engine.close(s.explain))
	if steps := s.Steps(); s.opts.Summary != "" && steps != nil {
		errs = append(errs, writeSummary(s.opts.Summary, steps))
	}
	return errors.Join(errs...)
}

// Scrubbed is text without the plaintext of any secret of the session.
func (s *Server) Scrubbed(text string) string { return s.scrub.String(text) }

// Exported are the directories of this machine that directories were exported to.
func (s *Server) Exported() (dirs []string) {
	s.exported.Range(func(dir, _ any) bool {
		dirs = append(dirs, dir.(string))
		return true
	})
	slices.Sort(dirs)
	return dirs
}

// Steps are the steps that have started so far; nil if the engine was not needed.
func (s *Server) Steps() []Step {
	if s.engine.steps == nil {
		return nil
	}
	return s.engine.steps.list(func(d digest.Digest) string {
		key, _ := s.works.Load(d)
		text, _ := key.(string)
		return text
	})
}
