package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// waitGroup waits until every process of the group that a stop request reaches
// has ended. A shell ends at once when it is asked to stop; the terraform
// that it started has to release its lock first, and would be killed with the
// container. A process that ignores SIGINT, as a shell's background jobs do,
// would never end and is not waited for.
func waitGroup(pgid int) {
	for stoppable(pgid) {
		// Orphans become children of the shim, the container's first process.
		_, _ = syscall.Wait4(-pgid, nil, syscall.WNOHANG, nil)
		time.Sleep(20 * time.Millisecond)
	}
}

// stoppable reports whether the group has a process that is alive and does not
// ignore SIGINT.
func stoppable(pgid int) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid pgrp ...; the name may hold anything.
		_, rest, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
		var state byte
		var parent, group int
		if _, err := fmt.Sscanf(string(rest), "%c %d %d", &state, &parent, &group); err != nil || group != pgid || state == 'Z' {
			continue
		}
		if !ignoresInterrupt(filepath.Join(filepath.Dir(file), "status")) {
			return true
		}
	}
	return false
}

func ignoresInterrupt(status string) bool {
	text, err := os.ReadFile(status)
	if err != nil {
		return true // it has ended
	}
	_, rest, ok := bytes.Cut(text, []byte("\nSigIgn:\t"))
	if !ok {
		return false
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	mask, err := strconv.ParseUint(string(line), 16, 64)
	return err == nil && mask&(1<<(uint(syscall.SIGINT)-1)) != 0
}
