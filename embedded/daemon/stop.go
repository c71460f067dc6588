package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"dagger/pipeline/embedded/files"
)

// stopTimeout is how long running builds may take to end.
const stopTimeout = 30 * time.Second

// Stop ends the daemon that Connect started, waits for its end and removes what it
// left. If none runs, that is not an error. A daemon that still serves a build after
// 30 seconds keeps running, and that is an error: a killed terraform keeps its lock.
func Stop(ctx context.Context) error {
	if host := os.Getenv("BUILDKIT_HOST"); host != "" {
		return fmt.Errorf("stopping buildkitd: BUILDKIT_HOST %q is not ours to stop: unset BUILDKIT_HOST", host)
	}
	d, err := environment()
	if err != nil {
		return err
	}
	if _, err := os.Stat(d.run); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if uid := os.Geteuid(); uid != 0 {
		return fmt.Errorf("stopping buildkitd: not root but uid %d: run as root", uid)
	}
	release, err := files.Lock(ctx, d.lock(), 0o600, nil)
	if err != nil {
		return err
	}
	defer release()
	return halt(ctx, d)
}

// halt ends the daemon and cleans up after it. The caller holds the lock.
func halt(ctx context.Context, d dirs) error {
	p, err := readProcess(d.record())
	if err != nil {
		return err
	}
	if err := terminate(ctx, p); err != nil {
		return err
	}
	if p.PID == 0 {
		return leaveMemory(d)
	}
	src, _ := findSource() // without, runc is the machine's
	runc, err := findRunc(ctx, src)
	if err != nil {
		return fmt.Errorf("cleaning up after buildkitd: %w", err)
	}
	if err := clean(ctx, d, runc); err != nil {
		return err
	}
	return leaveMemory(d)
}

// terminate sends SIGTERM and waits for the end.
func terminate(ctx context.Context, p process) error {
	fd, err := p.open()
	if fd < 0 {
		return err
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, unix.SIGTERM, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("stopping buildkitd, process %d: %w", p.PID, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stopTimeout, fmt.Errorf("still at work after %s", stopTimeout))
	defer cancel()
	if err := ended(ctx, fd); err != nil {
		return fmt.Errorf("stopping buildkitd, process %d: %w: end the calls that use it, then stop again", p.PID, err)
	}
	return nil
}
