package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path"
	"sort"

	gateway "github.com/moby/buildkit/frontend/gateway/client"
)

// digest names the contents of a directory: names, kinds, permissions and bytes,
// not times or owners.
func (s *Server) digest(ctx context.Context, d *directory) (string, error) {
	ref, err := s.solve(ctx, d.st, nil)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if ref != nil {
		if err := hashDir(ctx, ref, d.abs("/"), ".", h); err != nil {
			return "", notFound("directory", d.path, err)
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

func hashDir(ctx context.Context, ref gateway.Reference, p, name string, h hash.Hash) error {
	stats, err := ref.ReadDir(ctx, gateway.ReadDirRequest{Path: p})
	if err != nil {
		return err
	}
	sort.Slice(stats, func(i, j int) bool { return stats[i].Path < stats[j].Path })
	for _, st := range stats {
		base := path.Base(st.Path)
		below := path.Join(name, base)
		fmt.Fprintf(h, "%q %o %d %q\n", below, st.Mode, sizeOf(st.IsDir(), st.Size), st.Linkname)
		switch {
		case st.IsDir():
			err = hashDir(ctx, ref, path.Join(p, base), below, h)
		case st.Linkname == "":
			err = readEach(ctx, ref, path.Join(p, base), func(b []byte) error {
				_, err := h.Write(b)
				return err
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sizeOf is the size of a file; the size of a directory depends on the file system.
func sizeOf(dir bool, size int64) int64 {
	if dir {
		return 0
	}
	return size
}
