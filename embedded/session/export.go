package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gateway "github.com/moby/buildkit/frontend/gateway/client"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/plain"
)

// export builds st once more in a separate job whose result goes to an
// exporter; parts that the session has already solved are not solved again.
func (s *Server) export(ctx context.Context, st llb.State, c *container, entry client.ExportEntry) (map[string]string, error) {
	if _, err := s.open(ctx); err != nil {
		return nil, err
	}
	opt := s.solveOpt()
	opt.Exports = []client.ExportEntry{entry}
	var platform = &c.image.Platform
	if platform.OS == "" {
		platform = nil
	}
	def, err := s.marshal(ctx, st, platform)
	if err != nil {
		return nil, err
	}
	resp, err := s.engine.client.Build(ctx, opt, product, func(ctx context.Context, gw gateway.Client) (*gateway.Result, error) {
		res, err := gw.Solve(ctx, gateway.SolveRequest{Definition: def.ToPB(), Evaluate: true})
		if err != nil {
			return nil, err
		}
		if err := s.keepOutputs(ctx, gw, def.ToPB()); err != nil {
			return nil, err
		}
		if entry.Type == client.ExporterTar {
			return res, nil // a directory has no configuration
		}
		config, err := json.Marshal(c.image)
		if err != nil {
			return nil, err
		}
		res.AddMeta(exptypes.ExporterImageConfigKey, config)
		return res, nil
	}, s.engine.steps.channel())
	if err != nil {
		return nil, s.execError(ctx, err)
	}
	return resp.ExporterResponse, nil
}

// exportDirectory writes d's contents into the host directory p, creating it if
// necessary. Entries that must not be on the host are left out, and named once.
func (s *Server) exportDirectory(ctx context.Context, d *directory, p string) (string, error) {
	out := s.hostPath(p)
	if err := s.inside(p); err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	leftOut, err := s.exportTar(ctx, d.rooted(), out)
	if err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	if len(leftOut) > 0 {
		fmt.Fprintln(s.opts.Stderr, plain.String(s.scrub.String(fmt.Sprintf("exporting to %q: left out special files, links that lead elsewhere, and files that must not come from a build: %s", p, few(leftOut)))))
	}
	s.exported.Store(out, true)
	return out, nil
}

// never names what must not be written to a directory: in the working directory, the
// settings that a later call would take as its caller's.
func (s *Server) never(dir string) []string {
	if dir == s.hostPath(".") {
		return []string{".env"}
	}
	return nil
}

// exportTar passes the files of st through an archive: this process decides for each
// one whether it may be written to the host.
func (s *Server) exportTar(ctx context.Context, st llb.State, out string) (leftOut []string, err error) {
	r, w := io.Pipe()
	unpacked := make(chan error, 1)
	go func() {
		var err error
		if leftOut, err = unpack(r, out, s.never(out)...); err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		r.CloseWithError(err)
		unpacked <- err
	}()
	_, err = s.export(ctx, st, &container{}, client.ExportEntry{
		Type:   client.ExporterTar,
		Output: func(map[string]string) (io.WriteCloser, error) { return w, nil },
	})
	w.CloseWithError(err)
	own := <-unpacked
	if own != nil && !errors.Is(own, err) && !errors.Is(own, io.ErrUnexpectedEOF) {
		err = own // the engine's error would only say that nobody reads any more
	}
	return leftOut, err
}

// exportFile writes f to the host path p atomically.
func (s *Server) exportFile(ctx context.Context, f *file, p string, intoDir bool) (string, error) {
	out := s.hostPath(p)
	if err := s.inside(p); err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		if !intoDir {
			return "", fmt.Errorf("exporting to %q: is a directory", p)
		}
		out = filepath.Join(out, path.Base(f.path))
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o777); err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	mode := os.FileMode(0o644)
	if f.tarball == nil {
		st, err := f.stat(ctx, s)
		if err != nil {
			return "", err
		}
		if mode = os.FileMode(st.Mode); !mode.IsRegular() {
			return "", fmt.Errorf("exporting %q to %q: it is not a regular file", f.path, p)
		}
	}
	return out, files.Replace(out, mode.Perm(), func(w io.Writer) error {
		if f.tarball != nil {
			return s.writeTarball(ctx, f.tarball, w)
		}
		ref, err := f.open(ctx, s)
		if err != nil {
			return err
		}
		return readEach(ctx, ref, f.path, func(b []byte) error {
			_, err := w.Write(b)
			return err
		})
	})
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// writeTarball writes the container as an OCI archive.
func (s *Server) writeTarball(ctx context.Context, c *container, w io.Writer) error {
	_, err := s.export(ctx, c.fs, c, client.ExportEntry{
		Type:   client.ExporterOCI,
		Output: func(map[string]string) (io.WriteCloser, error) { return nopCloser{w}, nil },
	})
	return err
}
