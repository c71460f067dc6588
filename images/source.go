package images

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
)

// ReadRoot reads a root module of a source.
func ReadRoot(ctx context.Context, source *dagger.Directory, root string) (rootmodule.Module, error) {
	if err := checkRoot(ctx, source, root); err != nil {
		return rootmodule.Module{}, err
	}
	return rootmodule.Read(sourceFS{ctx, source}, root)
}

// ReadRootFor reads a root module of a source as a container's terraform or OpenTofu
// does. Nothing is missed if that is an OpenTofu that reads *.tofu files.
func ReadRootFor(ctx context.Context, c *dagger.Container, source *dagger.Directory, root string) (rootmodule.Module, error) {
	m, err := ReadRoot(ctx, source, root)
	if err != nil || m.Tofu == "" {
		return m, err
	}
	said, err := c.WithExec([]string{"terraform", "version"}).Stdout(ctx)
	if err != nil {
		return m, err
	}
	if readsTofu(said) {
		m.Missed = nil
		return m, nil
	}
	return rootmodule.ReadTerraform(sourceFS{ctx, source}, root)
}

// readsTofu tells by what a program says of its version whether it reads *.tofu
// files: OpenTofu does from 1.8 on.
func readsTofu(said string) bool {
	var major, minor int
	n, _ := fmt.Sscanf(said, "OpenTofu v%d.%d", &major, &minor)
	return n == 2 && (major > 1 || minor >= 8)
}

// ReadRoots reads all modules of a source, any of which may be a root module.
func ReadRoots(ctx context.Context, source *dagger.Directory) ([]rootmodule.Module, error) {
	files := sourceFS{ctx, source}
	var out []rootmodule.Module
	seen := map[string]bool{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch dir := path.Dir(name); {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case !entry.IsDir() && rootmodule.Configures(entry.Name()) && !seen[dir]:
			seen[dir] = true
			m, err := rootmodule.Read(files, dir)
			out = append(out, m)
			return err
		}
		return nil
	})
	return out, err
}

func checkRoot(ctx context.Context, source *dagger.Directory, root string) error {
	ok, err := source.Exists(ctx, root, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
	if err == nil && !ok {
		err = fmt.Errorf("reading the source: no directory %q: name the terraform root module with --infra", root)
	}
	return err
}

// Files is a source as Go reads it.
func Files(ctx context.Context, source *dagger.Directory) fs.FS { return sourceFS{ctx, source} }

// sourceFS is a directory of the engine as Go reads one. Nothing in it can be
// opened: whole files are read.
type sourceFS struct {
	ctx context.Context
	dir *dagger.Directory
}

func (s sourceFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

func (s sourceFS) ReadFile(name string) ([]byte, error) {
	text, err := s.dir.File(name).Contents(s.ctx)
	return []byte(text), err
}

func (s sourceFS) ReadDir(name string) ([]fs.DirEntry, error) {
	names, err := s.dir.Directory(name).Entries(s.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]fs.DirEntry, len(names))
	for i, name := range names {
		out[i] = fs.FileInfoToDirEntry(info(name))
	}
	return out, nil
}

func (s sourceFS) Stat(name string) (fs.FileInfo, error) {
	if name == "." {
		return info("./"), nil
	}
	ok, err := s.dir.Exists(s.ctx, name)
	if err == nil && !ok {
		err = &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return info(path.Base(name)), err
}

// info is an entry's name, which ends in a slash where it is a directory.
type info string

func (i info) Name() string       { return strings.TrimSuffix(string(i), "/") }
func (i info) IsDir() bool        { return strings.HasSuffix(string(i), "/") }
func (i info) Size() int64        { return 0 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir
	}
	return 0
}
