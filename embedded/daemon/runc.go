package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// oldestRunc is the first minor version of runc 1 that is known to work.
const oldestRunc = 1

// findRunc returns the path of the container runtime: PIPELINE_RUNC, else that of
// the release, else runc on PATH or in the directories where distributions put it.
func findRunc(ctx context.Context, src source) (string, error) {
	path := os.Getenv("PIPELINE_RUNC")
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("no runc at PIPELINE_RUNC %q: %w", path, errors.Unwrap(err))
		}
		path = found
	} else {
		dir, err := released(src)
		if err != nil {
			return "", err
		}
		if path = lookIn(append([]string{dir}, append(pathList(), systemDirs...)...), "runc"); path == "" {
			return "", errors.New("no runc on PATH: apt-get install runc, or set PIPELINE_RUNC")
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking %q for its version: %w: apt-get install runc, or set PIPELINE_RUNC", path, commandCause(err))
	}
	major, minor, err := parseRuncVersion(string(out))
	if err != nil {
		return "", fmt.Errorf("asking %q for its version: %w: set PIPELINE_RUNC to a runc", path, err)
	}
	if major == 1 && minor < oldestRunc || major < 1 {
		return "", fmt.Errorf("runc %q is version %d.%d, 1.%d or later is needed: apt-get install runc, or set PIPELINE_RUNC", path, major, minor, oldestRunc)
	}
	if !strings.Contains(string(out), "\nlibseccomp:") {
		return "", fmt.Errorf("runc %q was built without seccomp, which buildkitd asks of it: apt-get install runc, or set PIPELINE_RUNC", path)
	}
	return path, nil
}

// systemDirs hold runc where a user's PATH does not name them.
var systemDirs = []string{"/usr/local/sbin", "/usr/sbin", "/sbin"}

func pathList() []string { return filepath.SplitList(os.Getenv("PATH")) }

// lookIn returns the first executable file called name in the directories, or "".
func lookIn(search []string, name string) string {
	for _, dir := range search {
		if dir == "" {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

var runcVersion = regexp.MustCompile(`(?m)^runc version v?(\d+)\.(\d+)`)

// parseRuncVersion reads "runc version 1.1.5+ds1", the first line of runc --version.
func parseRuncVersion(out string) (major, minor int, err error) {
	m := runcVersion.FindStringSubmatch(out)
	if m == nil {
		line, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
		return 0, 0, fmt.Errorf("no version of runc in %q", line)
	}
	if major, err = strconv.Atoi(m[1]); err != nil {
		return 0, 0, err
	}
	minor, err = strconv.Atoi(m[2])
	return major, minor, err
}
