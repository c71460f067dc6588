package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// The session of a call is a socket that the module's program inherits: while
// tests run beside it, on whatever network, there is nothing to connect to and no
// token to read.
func TestSessionHasNoAddress(t *testing.T) {
	world.Embedded(t, "a Dagger engine's session is its own concern")
	p := world.Project(t)
	p.Write("Makefile", "test:\n\t@echo under way; sleep 600\n")
	process := world.Start(t, p.Call("test", "--progress", "plain"))
	process.Prints(" under way")

	call := strconv.Itoa(process.Pid())
	pids := harness.Processes(func(_, environment string) bool { return strings.Contains(environment, "PIPELINE_SESSION=") })
	programs := 0
	for _, pid := range append(pids, process.Pid()) {
		if pid != process.Pid() && harness.Parent(pid) != call {
			continue
		}
		programs++
		for _, at := range addresses(t, pid) {
			t.Errorf("process %d of the call can be reached: %s", pid, at)
		}
		if harness.Variable(pid, "DAGGER_SESSION_TOKEN") != "" {
			t.Errorf("process %d of the call has a token in its environment", pid)
		}
	}
	if programs < 2 {
		t.Fatalf("the call has no program with a session among %v", pids)
	}
}

// addresses are those at which others can reach a process: the ports and named
// sockets that it listens on.
func addresses(t *testing.T, pid int) (out []string) {
	t.Helper()
	own := map[string]bool{}
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Fatalf("process %d has no open files: %v", pid, err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil {
			own[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, table := range []struct {
		name, listens string
		state, inode  int // columns
	}{{"tcp", "0A", 3, 9}, {"tcp6", "0A", 3, 9}, {"unix", "00010000", 3, 6}} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table.name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			columns := strings.Fields(line)
			if len(columns) > table.inode && own[columns[table.inode]] && columns[table.state] == table.listens {
				out = append(out, table.name+" "+strings.TrimSpace(line))
			}
		}
	}
	return out
}
