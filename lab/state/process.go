package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Process identifies one process for good: a pid alone may be reused for another process later.
type Process struct {
	PID   int    `json:"pid"`
	Start string `json:"start"` // boot id and start time in clock ticks
}

// Identify returns the process that has the pid now.
func Identify(pid int) (Process, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, fmt.Errorf("looking at process %d: %w", pid, err)
	}
	// The command in parentheses may hold blanks and parentheses; fields are counted after it.
	_, rest, _ := cutLast(stat, ')')
	fields := strings.Fields(string(rest))
	if len(fields) < 20 {
		return Process{}, fmt.Errorf("looking at process %d: unknown form of /proc/%d/stat", pid, pid)
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return Process{}, fmt.Errorf("looking at process %d: %w", pid, os.ErrProcessDone)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		boot = []byte("unknown")
	}
	return Process{PID: pid, Start: string(bytes.TrimSpace(boot)) + "/" + fields[19]}, nil
}

func cutLast(b []byte, sep byte) (before, after []byte, found bool) {
	i := bytes.LastIndexByte(b, sep)
	if i < 0 {
		return nil, b, false
	}
	return b[:i], b[i+1:], true
}

// Alive reports whether this very process still runs.
func (p Process) Alive() bool {
	if p.PID <= 0 {
		return false
	}
	now, err := Identify(p.PID)
	return err == nil && now == p
}

// Stop asks the process to end and, when it has not after the grace time, kills it.
// It returns once the process is gone; it is not an error if the process is already gone.
func (p Process) Stop(ctx context.Context, grace time.Duration) error {
	if !p.Alive() {
		return nil
	}
	fd, err := unix.PidfdOpen(p.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stopping process %d: %w", p.PID, err)
	}
	defer unix.Close(fd)
	if !p.Alive() { // the pid was given away before the descriptor was taken
		return nil
	}
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("stopping process %d: %w", p.PID, err)
		}
		deadline := time.Now().Add(grace)
		for time.Now().Before(deadline) && ctx.Err() == nil {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 100)
			if err != nil && !errors.Is(err, unix.EINTR) {
				return fmt.Errorf("waiting for process %d: %w", p.PID, err)
			}
			if n > 0 {
				return nil
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for process %d: %w", p.PID, ctx.Err())
		}
	}
	return fmt.Errorf("stopping process %d: still there after SIGKILL", p.PID)
}
