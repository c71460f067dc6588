package daemon

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// startFailure says in one line why the daemon ended, from its log.
func startFailure(d dirs) error {
	text := failureLine(tail(d.log()))
	return fmt.Errorf("starting buildkitd: %s: %s", text, hint(text, d))
}

// hint is the next thing to try.
func hint(failure string, d dirs) string {
	damaged := fmt.Sprintf("the state is damaged: remove %q, the cache with it", d.state)
	for _, h := range []struct{ text, try string }{
		{"no space left on device", "free some space, or set PIPELINE_STATE_DIR to another disk"},
		{"read-only file system", "set PIPELINE_STATE_DIR to another disk"},
		{"another instance running", fmt.Sprintf("another buildkitd uses %q: stop it, or set PIPELINE_STATE_DIR", d.state)},
		{"could not lock", fmt.Sprintf("another buildkitd uses %q: stop it, or set PIPELINE_STATE_DIR", d.state)},
		{"CNI setup error", "this kernel may lack bridges or pairs of interfaces (CONFIG_BRIDGE, CONFIG_VETH): choose the machine's network with PIPELINE_NETWORK=host"},
		{"the containers' network", "this root may not give containers a network of their own, as in an unprivileged container (no CAP_NET_ADMIN): run privileged, or choose the machine's network with PIPELINE_NETWORK=host"},
		{"unshare", "this root may not mount, as in an unprivileged container: run privileged, or set BUILDKIT_HOST to a running buildkitd"},
		{"invalid database", damaged},
		{"checksum error", damaged},
		{"version mismatch", damaged},
		{"file size too small", damaged},
		{"panic: ", damaged},
	} {
		if strings.Contains(failure, h.text) {
			return h.try
		}
	}
	return "see " + d.log()
}

var (
	logMessage = regexp.MustCompile(`level=(?:error|fatal|panic) msg="((?:[^"\\]|\\.)*)"`)
	fatal      = regexp.MustCompile(`^(?:buildkitd|panic|fatal error|unshare|uplink): (.*)`)
)

// failureLine picks the line of a log that says why the process ended: its last
// words, else its last error, else its last line.
func failureLine(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if m := fatal.FindStringSubmatch(lines[i]); m != nil {
			return strings.TrimPrefix(m[0], "buildkitd: ")
		}
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if m := logMessage.FindStringSubmatch(lines[i]); m != nil {
			return strings.ReplaceAll(m[1], `\"`, `"`)
		}
	}
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return "it ended without an error message"
}

// tail returns the last 64 KiB of a file, or what can be read.
func tail(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	const size = 64 << 10
	if info, err := f.Stat(); err == nil && info.Size() > size {
		if _, err := f.Seek(-size, io.SeekEnd); err != nil {
			return ""
		}
	}
	data, _ := io.ReadAll(f)
	return string(data)
}
