package session

import (
	"context"
	"fmt"
	"os"
	"path"

	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// file is one file of a filesystem, or an image as a tarball that is made when
// it is exported.
type file struct {
	st      llb.State
	path    string
	tarball *container
}

// chunk is how much is read in one request; gRPC messages have a limit.
const chunk = 2 << 20

// readLimit is the largest file whose contents can be a value of a query.
const readLimit = 128 << 20

var errTooLong = fmt.Errorf("more than %d MiB: export it instead", readLimit>>20)

func fileMode(bits int) os.FileMode { return os.FileMode(bits) & os.ModePerm }

// open evaluates the filesystem that f is in.
func (f *file) open(ctx context.Context, s *Server) (gateway.Reference, error) {
	ref, err := s.solve(ctx, f.st, nil)
	if err == nil && ref == nil { // an empty filesystem
		err = fmt.Errorf("file %q: no such file or directory", f.path)
	}
	return ref, err
}

func (f *file) stat(ctx context.Context, s *Server) (*fstypes.Stat, error) {
	ref, err := f.open(ctx, s)
	if err != nil {
		return nil, err
	}
	st, err := ref.StatFile(ctx, gateway.StatRequest{Path: f.path})
	if err != nil {
		return nil, notFound("file", f.path, err)
	}
	return st, nil
}

func readEach(ctx context.Context, ref gateway.Reference, p string, each func([]byte) error) error {
	st, err := ref.StatFile(ctx, gateway.StatRequest{Path: p})
	if err != nil {
		return notFound("file", p, err)
	}
	if st.IsDir() {
		return fmt.Errorf("file %q: is a directory", p)
	}
	for off := int64(0); off < st.Size; off += chunk {
		b, err := ref.ReadFile(ctx, gateway.ReadRequest{Filename: p, Range: &gateway.FileRange{Offset: int(off), Length: chunk}})
		if err != nil {
			return notFound("file", p, err)
		}
		if err := each(b); err != nil {
			return err
		}
	}
	return nil
}

func readAll(ctx context.Context, ref gateway.Reference, p string) ([]byte, error) {
	var out []byte
	err := readEach(ctx, ref, p, func(b []byte) error {
		if len(out)+len(b) > readLimit {
			return fmt.Errorf("file %q: %w", p, errTooLong)
		}
		out = append(out, b...)
		return nil
	})
	return out, err
}

func init() {
	self := func(o *object) *file { return o.value.(*file) }
	register(Type{Name: "File", Doc: "A file.", Fields: []Field{
		{Name: "contents", Doc: "Read the text of the file.", Returns: "String!", Fixed: true,
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				ref, err := self(o).open(ctx, s)
				if err != nil {
					return nil, err
				}
				b, err := readAll(ctx, ref, self(o).path)
				return string(b), err
			}},
		{Name: "export", Doc: "Write the file to a path on the host.", Returns: "String!", Machine: true,
			Args: []Arg{required("path", "String", "Path to write to."),
				optional("allowParentDirPath", "Boolean", "Put the file into path where that is a folder.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.exportFile(ctx, self(o), a.str("path"), a.boolean("allowParentDirPath"))
			}},
		{Name: "name", Doc: "Tell the name of the file.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return path.Base(self(o).path), nil
			}},
		{Name: "size", Doc: "Tell the size of the file in bytes.", Returns: "Int!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				st, err := self(o).stat(ctx, s)
				if err != nil {
					return nil, err
				}
				return st.Size, nil
			}},
		{Name: "sync", Doc: "Evaluate this file in the engine.", Returns: "FileID!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				f := self(o)
				if f.tarball != nil {
					return o.id, s.evaluate(ctx, f.tarball)
				}
				_, err := f.stat(ctx, s)
				return o.id, err
			}},
	}})
}
