package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/aymanbagabas/go-udiff"
	"github.com/moby/buildkit/client/llb"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// changeset stands for what two directories differ in.
type changeset struct {
	before, after *directory

	mu       sync.Mutex
	compared *difference
}

// compare looks at the directories of a changeset, once.
func (s *Server) compare(ctx context.Context, c *changeset) (*difference, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.compared != nil {
		return c.compared, nil
	}
	before, err := s.solve(ctx, c.before.st, nil)
	if err != nil {
		return nil, err
	}
	after, err := s.solve(ctx, c.after.st, nil)
	if err != nil {
		return nil, err
	}
	c.compared, err = differ(ctx, side{before, c.before.abs("/")}, side{after, c.after.abs("/")})
	return c.compared, err
}

// patch writes the difference as git does.
func (d *difference) patch(ctx context.Context) (string, error) {
	var b strings.Builder
	for _, ch := range d.changes {
		if ch.isDir() {
			continue
		}
		before, after, err := d.texts(ctx, ch)
		if err != nil {
			return "", err
		}
		from, to := "a/"+ch.path, "b/"+ch.path
		fmt.Fprintf(&b, "diff --git %s %s\n", from, to)
		switch {
		case ch.before == nil:
			fmt.Fprintf(&b, "new file mode %o\n", gitMode(ch.after))
			from = os.DevNull
		case ch.after == nil:
			fmt.Fprintf(&b, "deleted file mode %o\n", gitMode(ch.before))
			to = os.DevNull
		case gitMode(ch.before) != gitMode(ch.after):
			fmt.Fprintf(&b, "old mode %o\nnew mode %o\n", gitMode(ch.before), gitMode(ch.after))
		}
		if strings.ContainsRune(before+after, 0) {
			fmt.Fprintf(&b, "Binary files %s and %s differ\n", from, to)
		} else {
			b.WriteString(udiff.Unified(from, to, before, after))
		}
	}
	return b.String(), nil
}

// gitMode is a file's mode as git knows it.
func gitMode(st *fstypes.Stat) int {
	switch {
	case st.Linkname != "":
		return 0o120000
	case st.Mode&0o111 != 0:
		return 0o100755
	}
	return 0o100644
}

// layer is a directory with what was added or modified alone.
func (c *changeset) layer(d *difference) *directory {
	st := llb.Scratch()
	for _, ch := range d.changes {
		switch {
		case ch.after == nil:
		case ch.isDir():
			st = newDir(st, "/"+ch.path, int(ch.after.Mode&0o777))
		default:
			st = copyFile(st, &file{st: c.after.st, path: c.after.abs(ch.path)}, "/"+ch.path, 0)
		}
	}
	return &directory{st: st, path: "/"}
}

// exportChanges writes what was added or modified to a directory of the host. A file there that is neither as before nor as
// after is not the one that was compared, or somebody has edited it meanwhile: nothing is written then.
func (s *Server) exportChanges(ctx context.Context, c *changeset, p string) (string, error) {
	d, err := s.compare(ctx, c)
	if err != nil {
		return "", err
	}
	if err := s.inside(p); err != nil {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	root, err := os.OpenRoot(s.hostPath(p))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("exporting to %q: %w", p, err)
	}
	if err == nil {
		defer root.Close()
	}
	for _, ch := range d.changes {
		if ch.after == nil {
			return "", fmt.Errorf("exporting to %q: removing %q is not implemented by the embedded engine: use `dagger call` with a Dagger engine", p, ch.path)
		}
		if root == nil || ch.isDir() {
			continue
		}
		if other, err := d.hasOther(ctx, root, ch); err != nil {
			return "", fmt.Errorf("exporting to %q: %w", p, err)
		} else if other {
			return "", fmt.Errorf("exporting to %q: %q there is not the file that the changes are of: call it in the directory that --source names, or give that one with -o", p, ch.path)
		}
	}
	return s.exportDirectory(ctx, c.layer(d), p)
}

func init() {
	self := func(o *object) *changeset { return o.value.(*changeset) }
	// of is the shape of the fields that tell of the difference.
	of := func(tell func(ctx context.Context, c *changeset, d *difference) (any, error)) resolver {
		return func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
			d, err := s.compare(ctx, self(o))
			if err != nil {
				return nil, err
			}
			return tell(ctx, self(o), d)
		}
	}
	paths := func(kind func(change) bool) resolver {
		return of(func(_ context.Context, _ *changeset, d *difference) (any, error) {
			out := []string{}
			for _, ch := range d.changes {
				if kind(ch) {
					out = append(out, ch.path)
				}
			}
			return out, nil
		})
	}
	register(Type{Name: "Changeset", Doc: "The difference between two directories.", Fields: []Field{
		{Name: "addedPaths", Doc: "List what was added.", Returns: "[String!]!", Fixed: true, resolve: paths(func(c change) bool { return c.before == nil })},
		{Name: "modifiedPaths", Doc: "List what was modified.", Returns: "[String!]!", Fixed: true, resolve: paths(func(c change) bool { return c.before != nil && c.after != nil })},
		{Name: "removedPaths", Doc: "List what was removed.", Returns: "[String!]!", Fixed: true, resolve: paths(func(c change) bool { return c.after == nil })},
		{Name: "isEmpty", Doc: "Tell whether nothing was changed.", Returns: "Boolean!", Fixed: true,
			resolve: of(func(_ context.Context, _ *changeset, d *difference) (any, error) { return len(d.changes) == 0, nil })},
		{Name: "layer", Doc: "Return what was added or modified.", Returns: "Directory!",
			resolve: of(func(_ context.Context, c *changeset, d *difference) (any, error) { return c.layer(d), nil })},
		{Name: "asPatch", Doc: "Return the difference as git writes it.", Returns: "File!",
			resolve: of(func(ctx context.Context, _ *changeset, d *difference) (any, error) {
				text, err := d.patch(ctx)
				return &file{st: newFile(llb.Scratch(), "/diff.patch", text, 0), path: "/diff.patch"}, err
			})},
		{Name: "export", Doc: "Apply the changes to a path on the host.", Returns: "String!", Machine: true,
			Args: []Arg{required("path", "String", "Path of the folder to write to.")},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.exportChanges(ctx, self(o), a.str("path"))
			}},
	}})
}
