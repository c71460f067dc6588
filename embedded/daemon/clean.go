package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dagger/pipeline/embedded/files"
)

// runcRoot is where runc keeps its containers when root runs it.
const runcRoot = "/run/runc"

// clean removes what a killed daemon left: containers that outlived it, mount
// points, temporary files. The caller holds the lock and knows that no daemon runs.
func clean(ctx context.Context, d dirs, runc string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := awaitEnd(ctx, d); err != nil {
		return err
	}
	if err := removeContainers(ctx, d, runc); err != nil {
		return err
	}
	if err := unmountBelow(d.state); err != nil {
		return err
	}
	bundles, _ := filepath.Glob(filepath.Join(d.state, "runc-*", "executor", "*", "config.json"))
	for _, bundle := range bundles {
		os.RemoveAll(filepath.Dir(bundle))
	}
	if err := os.RemoveAll(d.temp()); err != nil {
		return fmt.Errorf("removing %q: %w", d.temp(), cause(err))
	}
	for _, name := range []string{d.socket(), d.traces(), d.record()} {
		os.Remove(name)
	}
	return nil
}

// endTimeout is how long the kernel may take to end killed processes.
const endTimeout = 5 * time.Second

// awaitEnd waits until no buildkitd holds the state: one whose parent was killed is
// dying. If one keeps running, the next start names it.
func awaitEnd(ctx context.Context, d dirs) error {
	name := filepath.Join(d.state, "buildkitd.lock")
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	release, err := files.Lock(limited, name, 0o600, nil)
	if err != nil {
		return ctx.Err()
	}
	release()
	return nil
}

// removeContainers kills and removes the containers whose bundle lies in the state dir.
func removeContainers(ctx context.Context, d dirs, runc string) error {
	if _, err := os.Stat(runcRoot); errors.Is(err, fs.ErrNotExist) {
		return nil // no container was ever started, which some versions of runc refuse to list
	}
	out, err := list(ctx, runc)
	if err != nil {
		return fmt.Errorf("listing containers with %q: %w", runc, err)
	}
	ids, err := leftContainers(out, d.state)
	if err != nil {
		return fmt.Errorf("listing containers with %q: %w", runc, err)
	}
	for _, id := range ids {
		if _, err := exec.CommandContext(ctx, runc, "delete", "--force", id).Output(); err != nil {
			return fmt.Errorf("removing container %q of a killed daemon: %w: runc delete --force %s", id, commandCause(err), id)
		}
	}
	return nil
}

// listTries is how often to list again because a container ended meanwhile.
const listTries = 20

// list is the output of runc list. It looks at one container after the other, and fails
// if one ends meanwhile, which may be another daemon's: then it is run again.
func list(ctx context.Context, runc string) ([]byte, error) {
	for try := 1; ; try++ {
		out, err := exec.CommandContext(ctx, runc, "list", "--format", "json").Output()
		if err == nil {
			return out, nil
		}
		err = commandCause(err)
		if ended := strings.Contains(err.Error(), "stat "+runcRoot+"/") && strings.Contains(err.Error(), "no such file or directory"); !ended || try == listTries {
			return nil, err
		}
	}
}

// leftContainers picks the containers below state from the output of runc list.
func leftContainers(list []byte, state string) ([]string, error) {
	var containers []struct{ ID, Bundle string }
	if err := json.Unmarshal(list, &containers); err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range containers {
		if strings.HasPrefix(c.Bundle, state+"/") {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// commandCause prefers a command's output to its exit status.
func commandCause(err error) error {
	if e, ok := err.(*exec.ExitError); ok {
		if text := strings.TrimSpace(string(e.Stderr)); text != "" {
			return fmt.Errorf("%s", strings.Join(strings.Fields(text), " "))
		}
	}
	return err
}

// unmountBelow detaches every mount strictly below dir. The daemon's own mount
// namespace leaves none; this guards the removals that follow.
func unmountBelow(dir string) error {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	points := mountsBelow(string(data), dir)
	slices.Reverse(points) // the latest mount first
	for _, p := range points {
		if err := unix.Unmount(p, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
			return fmt.Errorf("unmounting %q: %w", p, err)
		}
	}
	return nil
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// mountsBelow lists the mount points strictly below dir, in the order of mountinfo.
func mountsBelow(mountinfo, dir string) []string {
	var points []string
	for lines := bufio.NewScanner(strings.NewReader(mountinfo)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 {
			continue
		}
		if point := unescape.Replace(fields[4]); strings.HasPrefix(point, dir+"/") {
			points = append(points, point)
		}
	}
	return points
}
