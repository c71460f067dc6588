package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A call that is killed leaves nothing behind; one that waits for a service can be
// interrupted.
func TestCallWithServicesEnds(t *testing.T) {
	for name, stop := range map[string]func(*Server){"kill": (*Server).Kill, "interrupt": (*Server).Interrupt} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			mark := filepath.Base(t.TempDir())
			script := "sleep 600; echo " + mark
			id := served(t, s, script, "")
			failed := make(chan error)
			go func() {
				_, err := with(t, s, "true", another(), id)
				failed <- err
			}()
			for processes(script) == 0 {
				time.Sleep(20 * time.Millisecond)
			}
			stop(s)
			if err := <-failed; err == nil {
				t.Error("no error")
			}
			for end := time.Now().Add(time.Minute); processes(script) > 0; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("the service goes on")
				}
			}
		})
	}
}

// processes counts those of this machine that run a script.
func processes(script string) int {
	n := 0
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if text, _ := os.ReadFile(file); strings.HasSuffix(string(text), "sh\x00-c\x00"+script+"\x00") && !strings.Contains(string(text), shimPath) {
			n++
		}
	}
	return n
}

func TestServiceIsRefused(t *testing.T) {
	s := newServer(t)
	bare, err := busybox(t, s, `asService(args:["true"]){id`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := with(t, s, "true", "", bare); err == nil || !strings.Contains(err.Error(), "has no port") {
		t.Errorf("without a port: %v", err)
	}
	if _, err := busybox(t, s, `withExposedPort(port:53,protocol:UDP){id`); err == nil || !strings.Contains(err.Error(), "UDP") {
		t.Errorf("UDP: %v", err)
	}
	id := served(t, s, answers("one"), "")
	if _, err := busybox(t, s, fmt.Sprintf(`withServiceBinding(alias:"a/b",service:%q){id`, id)); err == nil {
		t.Error("a name that is none was taken")
	}
	s.opts.HostNetwork = true
	if _, err := with(t, s, "true", "", id); err == nil || !strings.Contains(err.Error(), "PIPELINE_NETWORK=host") {
		t.Errorf("on the machine's network: %v", err)
	}
}
