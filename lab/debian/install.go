// Package debian installs the Debian packages that the lab needs and reads the machine's
// release, package sources and certificates.
package debian

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Progress takes one line on what is being done.
type Progress = func(format string, args ...any)

var apt sync.Mutex // one apt-get at a time from this process; dpkg's own lock keeps others out

// Command installs the package that is named as its command is, unless the command is on PATH.
func Command(ctx context.Context, progress Progress, name string) error {
	apt.Lock()
	defer apt.Unlock()
	if _, err := exec.LookPath(name); err == nil {
		return nil
	}
	return install(ctx, progress, name)
}

// Install installs packages with apt-get, without those they recommend.
func Install(ctx context.Context, progress Progress, packages ...string) error {
	apt.Lock()
	defer apt.Unlock()
	return install(ctx, progress, packages...)
}

func install(ctx context.Context, progress Progress, packages ...string) error {
	names := strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("installing %s: there is no apt-get here: the lab needs Debian, or install them by hand", names)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("installing %s: not root: run as root, or first \"apt-get install %s\"", names, names)
	}
	progress("installing %s ...", names)
	done := Timed(progress, "installing "+names)
	args := append([]string{"install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}, packages...)
	if _, err := aptGet(ctx, args...); err != nil { // the lists of a fresh machine are empty or old
		update, _ := aptGet(ctx, "update", "-qq", "-o", "DPkg::Lock::Timeout=300")
		out, err := aptGet(ctx, args...)
		if err != nil {
			return fmt.Errorf("installing %s: %s: %w: run \"apt-get update\" and see what it says", names, LastLine(append(update, out...)), err)
		}
	}
	done()
	return nil
}

func aptGet(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
	return cmd.CombinedOutput()
}

// LastLine returns the last non-empty line of a command's output.
func LastLine(output []byte) string {
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	return string(bytes.TrimSpace(lines[len(lines)-1]))
}

// Timed returns a function that says how long something took since now.
func Timed(progress Progress, what string) func() {
	start := time.Now()
	return func() { progress("%s ... %.0fs", what, time.Since(start).Seconds()) }
}
