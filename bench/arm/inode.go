package arm

import (
	"os"
	"syscall"
)

// inode is a file's identity, and the blocks of 512 bytes that it takes.
func inode(info os.FileInfo) (id [2]uint64, blocks int64) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return id, 0
	}
	return [2]uint64{s.Dev, s.Ino}, s.Blocks
}
