package session

import (
	"context"

	"github.com/moby/buildkit/client/llb"
)

// withoutPath removes a file or a folder.
func withoutPath(_ context.Context, _ *Server, o *object, a args) (any, error) {
	return ctr(o).change(a.str("path"), func(st llb.State, inner string) llb.State { return remove(st, inner) }), nil
}

// fileFields are about the files of a container.
func fileFields() []Field {
	return []Field{
		{Name: "directory", Doc: "Retrieve a directory at the given path.", Returns: "Directory!", Args: []Arg{argPath, argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				_, st, inner := ctr(o).locate(ctr(o).abs(ctr(o).expand(a.boolean("expand"), a.str("path"))))
				return &directory{st: st, path: inner}, nil
			}},
		{Name: "file", Doc: "Retrieve a file at the given path.", Returns: "File!", Args: []Arg{argPath, argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				_, st, inner := ctr(o).locate(ctr(o).abs(ctr(o).expand(a.boolean("expand"), a.str("path"))))
				return &file{st: st, path: inner}, nil
			}},
		{Name: "rootfs", Doc: "Return the root filesystem.", Returns: "Directory!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return &directory{st: ctr(o).fs, path: "/"}, nil
			}},
		{Name: "withRootfs", Doc: "Replace the root filesystem.", Returns: "Container!", Args: []Arg{required("directory", "DirectoryID", "The new one.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				d, err := obj[*directory](s, a, "directory")
				if err != nil {
					return nil, err
				}
				n := ctr(o).clone()
				n.fs = d.rooted()
				return n, nil
			}},
		{Name: "withDirectory", Doc: "Copy a directory in.", Returns: "Container!",
			Args: []Arg{argPath, required("source", "DirectoryID", "Directory to copy."), optional("include", "[String!]", "Patterns of paths to keep."),
				optional("exclude", "[String!]", "Patterns of paths to leave out."), argExpand},
			resolve: withFiles(copyDir)},
		{Name: "withFile", Doc: "Copy a file in.", Returns: "Container!",
			Args: []Arg{argPath, required("source", "FileID", "File to copy."), argPermissions, argExpand},
			resolve: withFiles(func(st llb.State, src *file, dest string, a args) llb.State {
				return copyFile(st, src, dest, a.integer("permissions", 0))
			})},
		{Name: "withNewFile", Doc: "Write a text file.", Returns: "Container!", Args: []Arg{argPath, required("contents", "String", "Text of the file."), argPermissions, argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).change(ctr(o).expand(a.boolean("expand"), a.str("path")), func(st llb.State, inner string) llb.State {
					return newFile(st, inner, a.str("contents"), a.integer("permissions", 0))
				}), nil
			}},
		{Name: "withoutFile", Doc: "Remove a file.", Returns: "Container!", Args: []Arg{argPath, argExpand},
			resolve: withoutPath},
		{Name: "withoutDirectory", Doc: "Remove a folder.", Returns: "Container!", Args: []Arg{argPath, argExpand},
			resolve: withoutPath},
	}
}
