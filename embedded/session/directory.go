package session

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// directory is the folder path of a filesystem.
type directory struct {
	st   llb.State
	path string
}

// abs makes p absolute in the directory's filesystem.
func (d *directory) abs(p string) string { return path.Join("/", d.path, path.Join("/", p)) }

// rooted is the directory as a separate filesystem.
func (d *directory) rooted() llb.State {
	if d.path == "/" || d.path == "" {
		return d.st
	}
	return copyDir(llb.Scratch(), d, "/", args{})
}

// copyDir copies the contents of src to dest in st, filtered by a's include and
// exclude patterns.
func copyDir(st llb.State, src *directory, dest string, a args) llb.State {
	info := &llb.CopyInfo{
		CopyDirContentsOnly: true,
		CreateDestPath:      true,
		IncludePatterns:     a.strs("include"),
		ExcludePatterns:     a.strs("exclude"),
	}
	return st.File(llb.Copy(src.st, src.path, dest, info), llb.WithCustomName("[internal] copy directory to "+dest))
}

func copyFile(st llb.State, src *file, dest string, permissions int) llb.State {
	info := &llb.CopyInfo{CreateDestPath: true}
	if permissions > 0 {
		info.Mode = &llb.ChmodOpt{Mode: fileMode(permissions)}
	}
	return st.File(llb.Copy(src.st, src.path, dest, info), llb.WithCustomName("[internal] copy file to "+dest))
}

func newFile(st llb.State, p, contents string, permissions int) llb.State {
	if permissions == 0 {
		permissions = 0o644
	}
	name := llb.WithCustomName("[internal] write " + p)
	if dir := path.Dir(p); dir != "/" {
		return st.File(llb.Mkdir(dir, 0o755, llb.WithParents(true)).Mkfile(p, fileMode(permissions), []byte(contents)), name)
	}
	return st.File(llb.Mkfile(p, fileMode(permissions), []byte(contents)), name)
}

func newDir(st llb.State, p string, permissions int) llb.State {
	if permissions == 0 {
		permissions = 0o755
	}
	return st.File(llb.Mkdir(p, fileMode(permissions), llb.WithParents(true)), llb.WithCustomName("[internal] create "+p))
}

func remove(st llb.State, paths ...string) llb.State {
	for _, p := range paths {
		st = st.File(llb.Rm(p, llb.WithAllowNotFound(true), llb.WithAllowWildcard(true)), llb.WithCustomName("[internal] remove "+p))
	}
	return st
}

func (s *Server) readDir(ctx context.Context, d *directory, p string) ([]string, error) {
	ref, err := s.solve(ctx, d.st, nil)
	if err != nil {
		return nil, err
	}
	if ref == nil {
		return []string{}, nil
	}
	stats, err := ref.ReadDir(ctx, gateway.ReadDirRequest{Path: d.abs(p)})
	if err != nil {
		return nil, notFound("directory", p, err)
	}
	names := make([]string, 0, len(stats))
	for _, st := range stats {
		name := path.Base(st.Path)
		if st.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names, nil
}

// exists reports whether p exists and is of kind ("" for any).
func (s *Server) exists(ctx context.Context, d *directory, p, kind string) (bool, error) {
	ref, err := s.solve(ctx, d.st, nil)
	if err != nil || ref == nil {
		return false, err
	}
	if kind == "SYMLINK_TYPE" || kind == "SYMLINK" {
		return isLink(ctx, ref, d.abs(p))
	}
	st, err := ref.StatFile(ctx, gateway.StatRequest{Path: d.abs(p)})
	if err != nil {
		if isNotExist(err) {
			return false, nil
		}
		return false, err
	}
	switch kind {
	case "":
		return true, nil
	case "DIRECTORY_TYPE", "DIRECTORY":
		return st.IsDir(), nil
	case "REGULAR_TYPE", "REGULAR":
		return !st.IsDir() && st.Linkname == "", nil
	}
	return false, fmt.Errorf("exists: type %q is not implemented by the embedded engine", kind)
}

// isLink tells whether a path is a symbolic link, wherever it leads to.
func isLink(ctx context.Context, ref gateway.Reference, p string) (bool, error) {
	stats, err := ref.ReadDir(ctx, gateway.ReadDirRequest{Path: path.Dir(p)})
	if err != nil && isNotExist(err) {
		return false, nil
	}
	return slices.ContainsFunc(stats, func(st *fstypes.Stat) bool {
		return path.Base(st.Path) == path.Base(p) && fs.FileMode(st.Mode)&fs.ModeSymlink != 0
	}), err
}

func isNotExist(err error) bool {
	m := err.Error()
	return strings.Contains(m, "no such file or directory") || strings.Contains(m, "not found") || strings.Contains(m, "not a directory")
}

func notFound(kind, p string, err error) error {
	if isNotExist(err) {
		return fmt.Errorf("%s %q: no such file or directory", kind, p)
	}
	return fmt.Errorf("%s %q: %w", kind, p, err)
}

func init() {
	include := optional("include", "[String!]", "Patterns of paths to keep. Default: all.")
	exclude := optional("exclude", "[String!]", "Patterns of paths to leave out.")
	permissions := optional("permissions", "Int", "Permission bits, as a decimal number.")
	dir := func(self *object) *directory { return self.value.(*directory) }
	at := func(st llb.State, d *directory) *directory { return &directory{st: st, path: d.path} }

	without := func(_ context.Context, _ *Server, self *object, a args) (any, error) {
		return at(remove(dir(self).st, dir(self).abs(a.str("path"))), dir(self)), nil
	}

	register(Type{Name: "Directory", Doc: "A directory.", Fields: []Field{
		{Name: "directory", Doc: "Retrieve a directory at the given path.", Returns: "Directory!",
			Args: []Arg{required("path", "String", "Path of the directory, from this one.")},
			resolve: func(_ context.Context, _ *Server, self *object, a args) (any, error) {
				return &directory{st: dir(self).st, path: dir(self).abs(a.str("path"))}, nil
			}},
		{Name: "file", Doc: "Retrieve a file at the given path.", Returns: "File!",
			Args: []Arg{required("path", "String", "Path of the file, from this directory.")},
			resolve: func(_ context.Context, _ *Server, self *object, a args) (any, error) {
				return &file{st: dir(self).st, path: dir(self).abs(a.str("path"))}, nil
			}},
		{Name: "entries", Doc: "List the names in this directory; a folder's name ends in a slash.", Returns: "[String!]!", Fixed: true,
			Args: []Arg{optional("path", "String", "Path of the folder to list. Default: this directory.")},
			resolve: func(ctx context.Context, s *Server, self *object, a args) (any, error) {
				return s.readDir(ctx, dir(self), a.str("path"))
			}},
		{Name: "changes", Doc: "Compare with an older directory.", Returns: "Changeset!",
			Args: []Arg{required("from", "DirectoryID", "The older directory.")},
			resolve: func(_ context.Context, s *Server, self *object, a args) (any, error) {
				from, err := obj[*directory](s, a, "from")
				return &changeset{before: from, after: dir(self)}, err
			}},
		{Name: "digest", Doc: "Name the contents.", Returns: "String!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				return s.digest(ctx, o.value.(*directory))
			}},
		{Name: "exists", Doc: "Tell whether a path is there.", Returns: "Boolean!", Fixed: true,
			Args: []Arg{required("path", "String", "Path, from this directory."), optional("expectedType", "ExistsType", "Kind it must be of.")},
			resolve: func(ctx context.Context, s *Server, self *object, a args) (any, error) {
				return s.exists(ctx, dir(self), a.str("path"), a.str("expectedType"))
			}},
		{Name: "export", Doc: "Write the contents to a path on the host; what else is there stays.", Returns: "String!", Machine: true,
			Args: []Arg{required("path", "String", "Path of the folder to write to.")},
			resolve: func(ctx context.Context, s *Server, self *object, a args) (any, error) {
				return s.exportDirectory(ctx, dir(self), a.str("path"))
			}},
		{Name: "sync", Doc: "Evaluate this directory in the engine.", Returns: "DirectoryID!",
			resolve: func(ctx context.Context, s *Server, self *object, _ args) (any, error) {
				_, err := s.solve(ctx, dir(self).st, nil)
				return self.id, err
			}},
		{Name: "filter", Doc: "Keep the matching paths only.", Returns: "Directory!", Args: []Arg{include, exclude},
			resolve: func(_ context.Context, _ *Server, self *object, a args) (any, error) {
				return &directory{st: copyDir(llb.Scratch(), dir(self), "/", a), path: "/"}, nil
			}},
		{Name: "withDirectory", Doc: "Add the contents of another directory.", Returns: "Directory!",
			Args: []Arg{required("path", "String", "Path to write to."), required("source", "DirectoryID", "Directory to copy."), include, exclude},
			resolve: func(_ context.Context, s *Server, self *object, a args) (any, error) {
				src, err := obj[*directory](s, a, "source")
				if err != nil {
					return nil, err
				}
				return at(copyDir(dir(self).st, src, dir(self).abs(a.str("path")), a), dir(self)), nil
			}},
		{Name: "withFile", Doc: "Add a file.", Returns: "Directory!",
			Args: []Arg{required("path", "String", "Path to write to."), required("source", "FileID", "File to copy."), permissions},
			resolve: func(_ context.Context, s *Server, self *object, a args) (any, error) {
				src, err := obj[*file](s, a, "source")
				if err != nil {
					return nil, err
				}
				return at(copyFile(dir(self).st, src, dir(self).abs(a.str("path")), a.integer("permissions", 0)), dir(self)), nil
			}},
		{Name: "withNewFile", Doc: "Add a file with the given text.", Returns: "Directory!",
			Args: []Arg{required("path", "String", "Path to write to."), required("contents", "String", "Text of the file."), permissions},
			resolve: func(_ context.Context, _ *Server, self *object, a args) (any, error) {
				return at(newFile(dir(self).st, dir(self).abs(a.str("path")), a.str("contents"), a.integer("permissions", 0)), dir(self)), nil
			}},
		{Name: "withNewDirectory", Doc: "Add an empty folder.", Returns: "Directory!",
			Args: []Arg{required("path", "String", "Path to create."), permissions},
			resolve: func(_ context.Context, _ *Server, self *object, a args) (any, error) {
				return at(newDir(dir(self).st, dir(self).abs(a.str("path")), a.integer("permissions", 0)), dir(self)), nil
			}},
		{Name: "withoutFile", Doc: "Remove a file.", Returns: "Directory!", Args: []Arg{required("path", "String", "Path to remove.")},
			resolve: without},
		{Name: "withoutDirectory", Doc: "Remove a folder.", Returns: "Directory!", Args: []Arg{required("path", "String", "Path to remove.")},
			resolve: without},
	}})
}
