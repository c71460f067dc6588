package image

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// clear removes a build's work directory. A killed build can leave parts of the machine (/dev, /sys)
// mounted in it: they are unmounted first, and nothing is removed when one stays.
func clear(dir string) error {
	mounts, err := mountsBelow(dir)
	if err != nil {
		return err
	}
	for i := len(mounts) - 1; i >= 0; i-- { // the last mounted first
		if err := unix.Unmount(mounts[i], unix.MNT_DETACH); err != nil {
			return fmt.Errorf("clearing %q: unmounting %q: %w: unmount it by hand", dir, mounts[i], err)
		}
	}
	if mounts, err = mountsBelow(dir); err != nil {
		return err
	}
	if len(mounts) > 0 {
		return fmt.Errorf("clearing %q: %q stays mounted: unmount it by hand", dir, mounts[0])
	}
	return os.RemoveAll(dir)
}

// mountsBelow returns the mount points in a directory, in the order of mounting.
func mountsBelow(dir string) (points []string, err error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("clearing %q: listing mounts: %w", dir, err)
	}
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 4 {
			if point := unescape.Replace(fields[4]); strings.HasPrefix(point, dir+"/") {
				points = append(points, point)
			}
		}
	}
	return points, nil
}
