package session

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	gateway "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// difference is how two directories differ.
type difference struct {
	before, after side
	changes       []change // in the order of their paths
}

// side is a directory of a filesystem; a nil reference is an empty one.
type side struct {
	ref gateway.Reference
	dir string
}

// change is a path that differs, with a slash at the end if it is a directory's. What was added has no before, what was
// removed no after.
type change struct {
	path          string
	before, after *fstypes.Stat
}

func (c change) isDir() bool { return strings.HasSuffix(c.path, "/") }

func differ(ctx context.Context, before, after side) (*difference, error) {
	d := &difference{before: before, after: after}
	old, current := map[string]*fstypes.Stat{}, map[string]*fstypes.Stat{}
	if err := errors.Join(before.list(ctx, "", old), after.list(ctx, "", current)); err != nil {
		return nil, err
	}
	all := maps.Clone(old)
	maps.Copy(all, current)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		ch := change{name, old[name], current[name]}
		if same, err := d.same(ctx, ch); err != nil {
			return nil, err
		} else if !same {
			d.changes = append(d.changes, ch)
		}
	}
	return d, nil
}

// list adds all that is below a directory.
func (s side) list(ctx context.Context, dir string, to map[string]*fstypes.Stat) error {
	if s.ref == nil {
		return nil
	}
	stats, err := s.ref.ReadDir(ctx, gateway.ReadDirRequest{Path: path.Join(s.dir, dir)})
	if err != nil {
		return notFound("directory", path.Join(s.dir, dir), err)
	}
	for _, st := range stats {
		name := dir + path.Base(st.Path)
		if st.IsDir() {
			name += "/"
			if err := s.list(ctx, name, to); err != nil {
				return err
			}
		}
		to[name] = st
	}
	return nil
}

// same tells whether a path is as before. A file of the same size and time is not read.
func (d *difference) same(ctx context.Context, ch change) (bool, error) {
	old, current := ch.before, ch.after
	switch {
	case old == nil || current == nil:
		return false, nil
	case ch.isDir():
		return true, nil
	case old.Mode != current.Mode || old.Size != current.Size || old.Linkname != current.Linkname:
		return false, nil
	case old.ModTime == current.ModTime:
		return true, nil
	}
	before, after, err := d.texts(ctx, ch)
	return before == after, err
}

// texts are the contents of a file on both sides, or where a link leads to.
func (d *difference) texts(ctx context.Context, ch change) (before, after string, err error) {
	if before, err = d.before.text(ctx, ch.path, ch.before); err == nil {
		after, err = d.after.text(ctx, ch.path, ch.after)
	}
	return before, after, err
}

func (s side) text(ctx context.Context, name string, st *fstypes.Stat) (string, error) {
	if st == nil || st.Linkname != "" || !fs.FileMode(st.Mode).IsRegular() {
		return st.GetLinkname(), nil
	}
	data, err := readAll(ctx, s.ref, path.Join(s.dir, name))
	return string(data), err
}

// hasOther tells whether the file on the host is neither as before nor as after. A link in its place is another one, wherever it leads to.
func (d *difference) hasOther(ctx context.Context, root *os.Root, ch change) (bool, error) {
	if st, err := root.Lstat(ch.path); err == nil && st.Mode()&fs.ModeSymlink != 0 && (ch.before == nil || fs.FileMode(ch.before.Mode).IsRegular()) {
		return true, nil
	}
	there, err := root.ReadFile(ch.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	before, after, err := d.texts(ctx, ch)
	return string(there) != after && (ch.before == nil || string(there) != before), err
}
