package state

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestQuoteIsReadBackByTheShell(t *testing.T) {
	for _, value := range []string{"", "plain", "127.0.0.1:5000/python:3.11-bookworm", "a b", "it's", `"$HOME" \ $(id)`, "`id`", "a;b", "*", "~", "#x", "é", "a\nb"} {
		out, err := exec.Command("sh", "-c", "V="+Quote(value)+"\nprintf %s \"$V\"").Output()
		if err != nil || string(out) != value {
			t.Errorf("%q: the shell read %q (%v) of %s", value, out, err, Quote(value))
		}
	}
	if got := Quote("http://127.0.0.1:1"); got != "http://127.0.0.1:1" {
		t.Errorf("a plain value is quoted: %s", got)
	}
}

func TestPortsAreKept(t *testing.T) {
	dir := Dir(t.TempDir())
	open := func(service string) (int, net.Listener) {
		t.Helper()
		ports, err := dir.ReadPorts()
		if err != nil {
			t.Fatal(err)
		}
		l, err := ports.Listen(dir, "127.0.0.1", service)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.WritePorts(ports); err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		if ports[service] != port {
			t.Fatalf("noted %d, listens on %d", ports[service], port)
		}
		return port, l
	}
	first, l := open("registry")
	if first < firstPort || first >= firstPort+portRange {
		t.Errorf("port %d is among those for outgoing connections", first)
	}
	_ = l.Close()
	second, l := open("registry")
	if second != first {
		t.Errorf("got %d, then %d", first, second)
	}
	moved, other := open("registry") // the port is taken now
	if moved == first {
		t.Errorf("got the port %d twice", first)
	}
	_, aws := open("aws")
	for _, each := range []net.Listener{l, other, aws} {
		_ = each.Close()
	}
	last, l := open("registry")
	_ = l.Close()
	if last != moved {
		t.Errorf("moved to %d, but came back on %d", moved, last)
	}
}

func TestListenSaysWhatToDo(t *testing.T) {
	_, err := Ports{}.Listen("/x", "192.0.2.1", "registry") // an address for documentation, nobody's own
	if err == nil || !strings.Contains(err.Error(), "--bind") {
		t.Errorf("got %v", err)
	}
}

func TestCheckBind(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1": true, "127.0.0.2": true, "::1": true,
		"0.0.0.0": false, "::": false, "192.0.2.1": false, "localhost": false, "": false, "127.0.0.1:80": false,
	} {
		if err := CheckBind(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestProcessIsOneProcess(t *testing.T) {
	self, err := Identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if !self.Alive() {
		t.Error("this process is said to be gone")
	}
	reused := Process{self.PID, "boot/1"}
	if reused.Alive() {
		t.Error("a pid given to another process counts as the one before")
	}
	if err := reused.Stop(context.Background(), time.Second); err != nil { // must not end this test
		t.Error(err)
	}
	if (Process{}).Alive() {
		t.Error("no process is said to be alive")
	}
}

func TestStopKillsWhatDoesNotListen(t *testing.T) {
	cmd := exec.Command("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	p, err := Identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(context.Background(), 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if p.Alive() { // a zombie, until Wait, is not alive
		t.Error("still alive")
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Lock(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path, nil); !errors.Is(err, ErrLocked) {
		t.Fatalf("got %v, want ErrLocked", err)
	}
	waiting, got := make(chan struct{}), make(chan error)
	go func() {
		second, err := Lock(path, func() { close(waiting) })
		if err == nil {
			_ = second.Close()
		}
		got <- err
	}()
	<-waiting

	// A command that has the file goes on holding the lock when we let go of it.
	cmd := exec.Command("sh", "-c", "read x")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{first}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	if _, err := Lock(path, nil); !errors.Is(err, ErrLocked) {
		t.Errorf("the command does not hold the lock: %v", err)
	}
	_ = stdin.Close()
	_ = cmd.Wait()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestSecretIsKeptAndPrivate(t *testing.T) {
	dir := Dir(t.TempDir())
	first, err := dir.Secret("password")
	if err != nil {
		t.Fatal(err)
	}
	second, err := dir.Secret("password")
	if err != nil || first != second || len(first) != 32 {
		t.Errorf("got %q, then %q (%v)", first, second, err)
	}
	if other, _ := dir.Secret("other"); other == first {
		t.Error("two secrets are the same")
	}
	info, err := os.Stat(dir.Path("password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
	}
}

func TestReadJSONNamesABrokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	var v map[string]int
	if found, err := ReadJSON(path, &v); found || err != nil {
		t.Errorf("a missing file: %v %v", found, err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadJSON(path, &v); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
