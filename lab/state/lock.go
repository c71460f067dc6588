package state

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ErrLocked reports that another process holds the lock.
var ErrLocked = errors.New("held by another process")

// Lock takes an exclusive lock on a file, created if missing. If another process holds it, wait
// (if not nil) is called once and Lock blocks; with a nil wait it returns ErrLocked.
// The lock ends when the file is closed, or with the process, however it dies. A command that was
// given the file too (exec.Cmd.ExtraFiles) holds it until that command ends.
func Lock(path string, wait func()) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		if wait == nil {
			_ = f.Close()
			return nil, fmt.Errorf("locking %q: %w", path, ErrLocked)
		}
		wait()
		for err = unix.EINTR; errors.Is(err, unix.EINTR); {
			err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking %q: %w", path, err)
	}
	return f, nil
}
