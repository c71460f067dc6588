package main

import (
	"fmt"
	"os"
	"syscall"
)

// own makes the cache directory accessible to its owner only, and refuses one that
// somebody else could write to: its contents are executed.
func own(dir string) error {
	if os.MkdirAll(dir, 0o700) != nil {
		return nil // what needs it says so
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("using the cache directory: %w", err)
	}
	const instead = "set PIPELINE_CACHE_DIR to a directory of your own"
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Geteuid() {
		return fmt.Errorf("using the cache directory %q: it belongs to uid %d: %s", dir, owner, instead)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("using the cache directory %q: mode %#o lets others write to it: chmod go-w it, or %s", dir, mode, instead)
	}
	return nil
}
