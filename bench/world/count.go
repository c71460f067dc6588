package world

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Counts are totals since the start, to be subtracted.
type Counts struct {
	// CPU is the non-idle time of all processors of the machine, in seconds.
	CPU float64
	// Up and Down are bytes that clients of the registry and of hosted archives sent and received, Index those of packages.
	Up, Down, Index int64
}

// ticks are /proc/stat's units in a second.
const ticks = 100

// Count reads all counters.
func (w *World) Count() (c Counts, err error) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return c, fmt.Errorf("reading the processors' time: %w", err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	for i, field := range strings.Fields(line)[1:] {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return c, fmt.Errorf("reading the processors' time: %w", err)
		}
		const idle, iowait, steal = 3, 4, 7
		if i != idle && i != iowait && i < steal {
			c.CPU += n / ticks
		}
	}
	c.Up, c.Down = w.Registry.Moved()
	if w.Archives != nil {
		up, down := w.Archives.Moved()
		c.Up, c.Down = c.Up+up, c.Down+down
	}
	c.Index = w.Index.Served()
	return c, nil
}

// Load is the machine's load average over a minute.
func Load() float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	text, _, _ := strings.Cut(string(data), " ")
	load, _ := strconv.ParseFloat(text, 64)
	return load
}

// Free is the free space of the benchmark's disk, in bytes.
func (w *World) Free() int64 {
	var disk syscall.Statfs_t
	if syscall.Statfs(w.Dir, &disk) != nil {
		return 0
	}
	return int64(disk.Bavail) * disk.Bsize
}
