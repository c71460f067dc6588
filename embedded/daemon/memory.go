package daemon

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	keepVariable = "PIPELINE_KEEP"
	// memorySource is what /proc/mounts says of a state in memory.
	memorySource = "pipeline-state"
	// memoryAtLeast is the smallest state in memory that is worth it: an image of 1 GB with what is run in it.
	memoryAtLeast = 3 * gigabyte
)

// keepsNothing is what PIPELINE_KEEP says: the machine, or the container that is taken for
// one, ends with its job.
func keepsNothing() (bool, error) {
	switch v := os.Getenv(keepVariable); v {
	case "", "all":
		return false, nil
	case "nothing":
		return true, nil
	default:
		return false, fmt.Errorf("reading %s %q: want all or nothing", keepVariable, v)
	}
}

// inMemory puts the state in memory where nothing is kept and half of what is free suffices:
// unpacking an image waits for nothing but the processor there.
func inMemory(d dirs, progress io.Writer) error {
	nothing, err := keepsNothing()
	if err != nil || !nothing {
		return err
	}
	if mounted, err := isInMemory(d); err != nil || mounted {
		return err
	}
	size := freeMemory("/") / 2
	if size < memoryAtLeast {
		fmt.Fprintf(progress, "keeping the state on disk, in %q: %d MB of memory are free, %d are needed to have it there\n", d.state, 2*size/1_000_000, 2*memoryAtLeast/1_000_000)
		return nil
	}
	err = unix.Mount(memorySource, d.state, "tmpfs", 0, fmt.Sprintf("mode=0700,size=%d", size))
	if err != nil {
		fmt.Fprintf(progress, "keeping the state on disk, in %q: mounting memory there: %v\n", d.state, err)
	}
	return nil
}

// leaveMemory gives the memory of a state back. The daemon has ended.
func leaveMemory(d dirs) error {
	mounted, err := isInMemory(d)
	if err != nil || !mounted {
		return err
	}
	if err := unix.Unmount(d.state, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
		return fmt.Errorf("unmounting the state %q: %w", d.state, err)
	}
	return nil
}

// isInMemory tells whether the state is what inMemory mounted.
func isInMemory(d dirs) (bool, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	return mountedFrom(string(data), d.state) == memorySource, nil
}

// mountedFrom is the source of the last mount on a directory, "" where there is none.
func mountedFrom(mountinfo, dir string) (source string) {
	for lines := bufio.NewScanner(strings.NewReader(mountinfo)); lines.Scan(); {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		fields, about := strings.Fields(before), strings.Fields(after)
		if len(fields) > 4 && len(about) > 1 && unescape.Replace(fields[4]) == dir {
			source = about[1]
		}
	}
	return source
}

// freeMemory is what can be had, in bytes: of the machine, and of the control group that this
// process is in; root is "/" but in tests.
func freeMemory(root string) int64 {
	free := meminfo(filepath.Join(root, "proc/meminfo"))
	for _, group := range []struct{ limit, used string }{
		{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current"}, // a container sees its own group as the root
		{"sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		limit, err := number(filepath.Join(root, group.limit))
		if err != nil {
			continue // none
		}
		used, _ := number(filepath.Join(root, group.used))
		free = min(free, limit-used)
	}
	return max(free, 0)
}

func number(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64) // "max" is no limit, and no number
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, err
	}
	return int64(min(n, math.MaxInt64)), nil
}

func meminfo(path string) int64 {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kB << 10
		}
	}
	return 0
}
