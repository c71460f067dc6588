package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"dagger/pipeline/embedded/files"
)

// process is a daemon that this package started, as its pid file holds it. The
// start time tells it from a later process with the same pid.
type process struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // clock ticks after boot
	Boot  string `json:"boot"`  // the kernel's boot id

	Network Network `json:"network,omitempty"` // of its containers
}

// identify describes the live process pid.
func identify(pid int) (process, error) {
	start, err := startTime(pid)
	if err != nil {
		return process{}, err
	}
	boot, err := bootID()
	return process{PID: pid, Start: start, Boot: boot}, err
}

// readProcess reads the pid file; the zero process means that there is none.
// An unreadable file, as a full disk leaves it, counts as missing.
func readProcess(name string) (process, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return process{}, nil
	}
	if err != nil {
		return process{}, fmt.Errorf("reading pid file %q: %w", name, cause(err))
	}
	var p process
	if json.Unmarshal(data, &p) != nil {
		return process{}, nil
	}
	return p, nil
}

func (p process) write(name string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := files.Write(name, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing pid file %q: %w", name, cause(err))
	}
	return nil
}

// open returns a descriptor of the process, or -1 when it has ended. The
// descriptor keeps meaning this process even after its pid is used again.
func (p process) open() (int, error) {
	if p.PID <= 0 {
		return -1, nil
	}
	fd, err := unix.PidfdOpen(p.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("opening process %d: %w", p.PID, err)
	}
	now, err := identify(p.PID)
	now.Network = p.Network
	if err != nil || now != p {
		unix.Close(fd)
		return -1, nil
	}
	return fd, nil
}

// alive reports whether the process still runs.
func (p process) alive() bool {
	fd, err := p.open()
	if fd < 0 {
		return err != nil
	}
	unix.Close(fd)
	return true
}

// ended waits until the process behind a descriptor has ended or ctx has.
func ended(ctx context.Context, fd int) error {
	return poll(ctx, func() (bool, error) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if errors.Is(err, unix.EINTR) {
			return false, nil
		}
		return n > 0, err
	})
}

// startTime reads field 22 of /proc/<pid>/stat. A zombie has ended.
func startTime(pid int) (uint64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(string(data))
}

func parseStat(stat string) (uint64, error) {
	// The second field is the command in brackets and may itself hold both.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return 0, fmt.Errorf("reading process status %q: too few fields", stat)
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return 0, errors.New("process has ended")
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

func bootID() (string, error) {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(data)), err
}
