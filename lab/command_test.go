package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/lab/image"
	"dagger/pipeline/lab/state"
)

// commandVariable makes the test's own binary behave as the lab, so that commands run as processes.
const commandVariable = "LAB_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// limit bounds one command; building the images takes minutes at worst, all else seconds.
const limit = 15 * time.Minute

type lab struct {
	*testing.T
	dir state.Dir
}

// command runs one command of the lab. It fails when the command's output stays open after its end:
// then what it left in the background would hang a caller.
func (l lab) command(args ...string) (stdout, stderr string, code int) {
	l.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), commandVariable+"=1", "LAB_DIR="+string(l.dir))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.Fatalf("lab %v: %v\n%s", args, err, errs.String())
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// up runs up and returns the environment as a shell reads it.
func (l lab) up(args ...string) (env map[string]string, stderr string) {
	l.Helper()
	stdout, stderr, code := l.command(append([]string{"up"}, args...)...)
	if code != 0 {
		l.Fatalf("lab up: exit code %d: %s", code, stderr)
	}
	cmd := exec.Command("sh", "-c", "set -a; eval \"$1\"; env -0", "sh", stdout)
	cmd.Env = []string{}
	read, err := cmd.Output()
	if err != nil {
		l.Fatalf("reading %q: %v", stdout, err)
	}
	env = map[string]string{}
	for _, pair := range strings.Split(string(read), "\x00") {
		if key, value, _ := strings.Cut(pair, "="); strings.HasPrefix(key, "LAB_") {
			env[key] = value
		}
	}
	return env, stderr
}

func (l lab) running() state.Running {
	l.Helper()
	r, alive, err := l.dir.ReadRunning()
	if err != nil || !alive {
		l.Fatalf("not running: %v", err)
	}
	return r
}

// gone waits until nothing listens on the addresses and no process works in the state directory.
func (l lab) gone(addresses ...string) {
	l.Helper()
	var left string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		left = ""
		for _, address := range addresses {
			if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
				_ = conn.Close()
				left += " " + address
			}
		}
		for _, pid := range l.processes() {
			left += " process " + pid
		}
		if left == "" {
			return
		}
	}
	l.Errorf("still there:%s", left)
}

// processes lists those whose working directory is the lab's, as it is of serve and of moto.
func (l lab) processes() (pids []string) {
	found, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		l.Fatal(err)
	}
	for _, link := range found {
		if cwd, err := os.Readlink(link); err == nil && cwd == string(l.dir) {
			pids = append(pids, filepath.Base(filepath.Dir(link)))
		}
	}
	return pids
}

func (l lab) status(url, user, password string) int {
	l.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		l.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestChosenImages(t *testing.T) {
	all := []image.Recipe{{Name: "python"}, {Name: "terraform"}, {Name: "redis"}}
	for list, want := range map[string]int{"": 3, "python": 1, "python,redis": 2} {
		if got, err := chosen(all, list); err != nil || len(got) != want {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
	if got, err := chosen(all, "python,ruby"); err == nil || !strings.Contains(err.Error(), `"ruby"`) {
		t.Errorf("got %v, %v", got, err)
	}
}
