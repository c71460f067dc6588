package main

import (
	"os/exec"
	"syscall"
	"testing"
)

func TestWhoIsWaitedFor(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		want   bool
	}{
		"a command":                      {"echo ready; read line", true},
		"one that ignores the interrupt": {"trap '' INT; echo ready; read line", false},
	} {
		cmd := exec.Command("sh", "-c", test.script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		in, _ := cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
		if got := stoppable(cmd.Process.Pid); got != test.want {
			t.Errorf("%s: waited for: %v, want %v", name, got, test.want)
		}
		_ = in.Close()
		_ = cmd.Wait()
		if stoppable(cmd.Process.Pid) {
			t.Errorf("%s: waited for although it has ended", name)
		}
	}
}
