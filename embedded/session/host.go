package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"dagger/pipeline/embedded/files"
	"github.com/moby/buildkit/client/llb"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// host stands for the machine that the command line runs on.
type host struct{}

// hostDirs are the host directories that the engine may ask for by name; it is
// filesync's DirSource.
type hostDirs struct {
	mu     sync.Mutex
	byName map[string]fsutil.FS
	// unsendable are names that are not UTF-8: gRPC carries no others.
	unsendable []string
}

func newHostDirs() *hostDirs { return &hostDirs{byName: map[string]fsutil.FS{}} }

// LookupDir implements filesync.DirSource.
func (h *hostDirs) LookupDir(name string) (fsutil.FS, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fs, ok := h.byName[name]
	return fs, ok
}

// add offers the directory at the absolute path dir under the returned name.
// Files arrive owned by root: their owner on the host is not part of a build.
func (h *hostDirs) add(dir string) (string, error) {
	sum := sha256.Sum256([]byte(dir))
	name := "host-" + hex.EncodeToString(sum[:8])
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.byName[name]; ok {
		return name, nil
	}
	fs, err := fsutil.NewFS(dir)
	if err != nil {
		return "", err
	}
	fs, err = fsutil.NewFilterFS(fs, &fsutil.FilterOpt{Map: func(p string, st *fstypes.Stat) fsutil.MapResult {
		st.Uid, st.Gid = 0, 0
		if !utf8.ValidString(p) || !utf8.ValidString(st.Linkname) {
			h.mu.Lock()
			h.unsendable = append(h.unsendable, filepath.Join(dir, p))
			h.mu.Unlock()
		}
		return fsutil.MapResultKeep
	}})
	if err != nil {
		return "", err
	}
	h.byName[name] = fs
	return name, nil
}

// unsent says why a directory could not be sent, "" where its names are not the reason.
func (h *hostDirs) unsent() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.unsendable) == 0 {
		return ""
	}
	return fmt.Sprintf("sending the files: the name of %q, or what it links to, is not UTF-8: rename or remove it", h.unsendable[0])
}

func (s *Server) hostPath(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(s.opts.Workdir, p)
}

// inside refuses a path of the caller that leads out of the working directory
// through a link in it.
func (s *Server) inside(p string) error { return files.Inside(s.opts.Workdir, s.hostPath(p)) }

// hostDirectory loads a directory of the host. The copy behind the upload
// gives it a cache key made of its contents alone.
func (s *Server) hostDirectory(p string, include, exclude []string) (*directory, error) {
	abs := s.hostPath(p)
	info, err := os.Stat(abs)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("host directory %q: no such directory", p)
	}
	name, err := s.dirs.add(abs)
	if err != nil {
		return nil, fmt.Errorf("host directory %q: %w", p, err)
	}
	opts := []llb.LocalOption{
		llb.SharedKeyHint(abs + "\x00" + strings.Join(include, "\x00") + "\x00\x00" + strings.Join(exclude, "\x00")),
		llb.WithCustomName("[internal] load " + p),
	}
	if len(include) > 0 {
		opts = append(opts, llb.IncludePatterns(include))
	}
	if len(exclude) > 0 {
		opts = append(opts, llb.ExcludePatterns(exclude))
	}
	src := &directory{st: llb.Local(name, opts...), path: "/"}
	st := llb.Scratch().File(llb.Copy(src.st, "/", "/", &llb.CopyInfo{CopyDirContentsOnly: true, AllowEmptyWildcard: true}),
		llb.WithCustomName("[internal] keep "+p))
	return &directory{st: st, path: "/"}, nil
}

func (s *Server) hostFile(p string) (*file, error) {
	abs := s.hostPath(p)
	info, err := os.Stat(abs)
	if err != nil || info.IsDir() {
		return nil, fmt.Errorf("host file %q: no such file", p)
	}
	d, err := s.hostDirectory(filepath.Dir(abs), []string{filepath.Base(abs)}, nil)
	if err != nil {
		return nil, err
	}
	return &file{st: d.st, path: "/" + filepath.Base(abs)}, nil
}

func init() {
	register(Type{Name: "Host", Doc: "The machine that the command line runs on.", Fields: []Field{
		{Name: "directory", Doc: "Load a directory of the host.", Returns: "Directory!", Machine: true,
			Args: []Arg{required("path", "String", "Path of the directory."),
				optional("include", "[String!]", "Patterns of paths to keep."), optional("exclude", "[String!]", "Patterns of paths to leave out."),
				optional("noCache", "Boolean", "Has no effect: the directory is always read anew.")},
			resolve: func(_ context.Context, s *Server, _ *object, a args) (any, error) {
				if err := s.inside(a.str("path")); err != nil {
					return nil, fmt.Errorf("host directory %q: %w", a.str("path"), err)
				}
				return s.hostDirectory(a.str("path"), a.strs("include"), a.strs("exclude"))
			}},
		{Name: "file", Doc: "Load a file of the host.", Returns: "File!", Machine: true,
			Args: []Arg{required("path", "String", "Path of the file."), optional("noCache", "Boolean", "Has no effect: the file is always read anew.")},
			resolve: func(_ context.Context, s *Server, _ *object, a args) (any, error) {
				if err := s.inside(a.str("path")); err != nil {
					return nil, fmt.Errorf("host file %q: %w", a.str("path"), err)
				}
				return s.hostFile(a.str("path"))
			}},
		{Name: "unixSocket", Doc: "Name a Unix socket of the host.", Returns: "Socket!", Machine: true, Args: []Arg{required("path", "String", "Path of the socket.")},
			resolve: func(_ context.Context, s *Server, _ *object, a args) (any, error) {
				if err := s.inside(a.str("path")); err != nil {
					return nil, fmt.Errorf("host socket %q: %w", a.str("path"), err)
				}
				return s.hostSocket(a.str("path"))
			}},
	}})
}
