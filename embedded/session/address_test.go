package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSessionHasNoAddress: this process listens on nothing while it serves.
func TestSessionHasNoAddress(t *testing.T) {
	_, p := unplugged(t)
	if answer, message := p.ask(t, "{version}"); message != "" {
		t.Fatalf("the session does not answer: %s", answer)
	}
	own := map[string]bool{}
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Fatal("no open files", err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil {
			own[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, table := range []struct {
		name         string
		state, inode int // columns
		listens      string
		named        int // a column that only a socket with an address has
	}{{"tcp", 3, 9, "0A", 0}, {"tcp6", 3, 9, "0A", 0}, {"unix", 3, 6, "00010000", 7}} {
		b, err := os.ReadFile("/proc/self/net/" + table.name)
		if err != nil {
			t.Log(err)
			continue
		}
		for line := range strings.Lines(string(b)) {
			columns := strings.Fields(line)
			if len(columns) <= table.inode || !own[columns[table.inode]] {
				continue
			}
			if columns[table.state] == table.listens || table.named > 0 && len(columns) > table.named {
				t.Errorf("%s: this process can be reached: %s", table.name, line)
			}
		}
	}
}
