package daemon

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// lazily tells whether the engine fetches of an image what is read, when it is read: where
// the state is in memory, and goes with the job. An engine that is kept has the image whole
// from the first job on, and reads it faster.
func lazily(d dirs, progress io.Writer) (bool, error) {
	inMemory, err := isInMemory(d)
	if err != nil || !inMemory {
		return false, err
	}
	if err := tryFuse("/dev/fuse"); err != nil {
		fmt.Fprintf(progress, "pulling images as a whole: %v\n", err)
		return false, nil
	}
	return true, nil
}

// tryFuse mounts a file system of the kind that layers are read through, and takes it away.
func tryFuse(device string) error {
	fd, err := unix.Open(device, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening %q: %w", device, err)
	}
	defer unix.Close(fd)
	point, err := os.MkdirTemp("", "fuse")
	if err != nil {
		return err
	}
	defer os.Remove(point)
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd)
	if err := unix.Mount("pipeline-try", point, "fuse", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		return fmt.Errorf("mounting %q: %w", device, err)
	}
	return unix.Unmount(point, unix.MNT_DETACH)
}
