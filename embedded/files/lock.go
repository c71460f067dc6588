// Package files has what several parts of the engine do with files on the machine: lock one, replace one
// atomically, find the cache, keep a path in its directory.
package files

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
)

// retry is the interval for retrying a lock that another process holds.
const retry = 10 * time.Millisecond

// Lock takes the lock file at path exclusively, creating it if necessary, and returns a function that releases it.
// waiting, if not nil, is called once when another holds it.
func Lock(ctx context.Context, path string, mode fs.FileMode, waiting func()) (release func(), err error) {
	l := flock.New(path, flock.SetPermissions(mode))
	taken, err := l.TryLock()
	if err == nil && !taken {
		if waiting != nil {
			waiting()
		}
		_, err = l.TryLockContext(ctx, retry)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
	}
	if err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("taking lock %q: %w", path, cause(err))
	}
	return func() { _ = l.Close() }, nil
}
