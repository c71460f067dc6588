package session

import (
	"context"

	"github.com/moby/buildkit/client/llb"
)

// mountFields mount something into a container.
func mountFields() []Field {
	return []Field{
		{Name: "withMountedDirectory", Doc: "Mount a directory.", Returns: "Container!", Args: []Arg{argPath, required("source", "DirectoryID", "Directory to mount."), argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				d, err := obj[*directory](s, a, "source")
				if err != nil {
					return nil, err
				}
				st := d.st
				return ctr(o).setMount(mount{target: a.str("path"), dir: &st, selector: d.path}), nil
			}},
		{Name: "withMountedFile", Doc: "Mount a file.", Returns: "Container!", Args: []Arg{argPath, required("source", "FileID", "File to mount."), argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				f, err := obj[*file](s, a, "source")
				if err != nil {
					return nil, err
				}
				st := f.st
				return ctr(o).setMount(mount{target: a.str("path"), dir: &st, selector: f.path}), nil
			}},
		{Name: "withMountedCache", Doc: "Mount a cache volume.", Returns: "Container!",
			Args: []Arg{argPath, required("cache", "CacheVolumeID", "The volume."),
				{Name: "sharing", Type: "CacheSharingMode", Doc: "SHARED, PRIVATE or LOCKED.", Default: "SHARED"}, argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				v, err := obj[*cacheVolume](s, a, "cache")
				if err != nil {
					return nil, err
				}
				modes := map[string]llb.CacheMountSharingMode{"": llb.CacheMountShared, "SHARED": llb.CacheMountShared, "PRIVATE": llb.CacheMountPrivate, "LOCKED": llb.CacheMountLocked}
				return ctr(o).setMount(mount{target: a.str("path"), cache: v, sharing: modes[a.str("sharing")]}), nil
			}},
		{Name: "withMountedTemp", Doc: "Mount memory that is gone after each command.", Returns: "Container!",
			Args: []Arg{argPath, optional("size", "Int", "Size in bytes."), argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).setMount(mount{target: a.str("path"), temp: true, tempSize: a.integer("size", 0)}), nil
			}},
		{Name: "withMountedSecret", Doc: "Mount a secret as a file.", Returns: "Container!",
			Args: []Arg{argPath, required("source", "SecretID", "The secret."), optional("mode", "Int", "Permission bits. Default: 0400."), argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				sec, err := obj[*secret](s, a, "source")
				if err != nil {
					return nil, err
				}
				return ctr(o).setMount(mount{target: a.str("path"), secret: sec, mode: a.integer("mode", 0o400)}), nil
			}},
		{Name: "withoutMount", Doc: "Take a mount away.", Returns: "Container!", Args: []Arg{argPath, argExpand},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).withoutMount(a.str("path")), nil
			}},
	}
}
