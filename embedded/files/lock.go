// Package files holds what several parts of the engine do with files of the machine: lock one, replace one in
// one step, find the cache, keep a path in its directory.
package files

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
)

// retry is how often a lock that another process holds is tried again.
const retry = 10 * time.Millisecond

// Lock takes the lock file at path, made when missing, for this caller alone, and returns what releases it.
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
