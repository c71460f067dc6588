package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"github.com/tonistiigi/fsutil"
)

// TestMain also serves as the other process of a test.
func TestMain(m *testing.M) {
	var err error
	switch os.Getenv("DAEMON_TEST_HELPER") {
	case "":
		if probeRoot, err = os.MkdirTemp("", "probe"); err == nil {
			code := m.Run()
			os.RemoveAll(probeRoot)
			os.Exit(code)
		}
	case "connect":
		var addr string
		addr, err = Connect(context.Background(), io.Discard)
		fmt.Print(addr)
	case "status":
		_, err = Status(context.Background())
	case "stop":
		err = Stop(context.Background())
	}
	if err != nil {
		fmt.Print(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// engine points the environment at fresh directories and stops what was started there.
func engine(t testing.TB) dirs {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: buildkitd mounts and starts containers")
	}
	base, err := os.MkdirTemp("", "daemon") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("BUILDKIT_HOST", "")
	t.Setenv("PIPELINE_STATE_DIR", filepath.Join(base, "state"))
	t.Setenv("PIPELINE_RUN_DIR", filepath.Join(base, "run"))
	d, err := environment()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	return d
}

func connect(t *testing.T) *client.Client {
	t.Helper()
	addr, err := Connect(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func pid(t *testing.T) int {
	t.Helper()
	info, err := Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info.PID
}

// solve builds a state, without any result, and returns what its steps printed.
func solve(ctx context.Context, c *client.Client, s llb.State, opt client.SolveOpt) (string, error) {
	def, err := s.Marshal(ctx)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	status, done := make(chan *client.SolveStatus), make(chan struct{})
	go func() {
		defer close(done)
		for st := range status {
			for _, l := range st.Logs {
				out.Write(l.Data)
			}
		}
	}()
	_, err = c.Solve(ctx, def, opt, status)
	<-done
	return out.String(), err
}

// probe returns a container that runs testdata/probe, and the options of its solve.
func probe(t *testing.T, args []string, opts ...llb.RunOption) (llb.State, client.SolveOpt) {
	t.Helper()
	if err := buildProbe(); err != nil {
		t.Fatal(err)
	}
	root, err := fsutil.NewFS(probeRoot)
	if err != nil {
		t.Fatal(err)
	}
	opts = append(opts, llb.Args(append([]string{"/probe"}, args...)))
	s := llb.Scratch().File(llb.Copy(llb.Local("root"), "/probe", "/probe")).Run(opts...).Root()
	return s, client.SolveOpt{LocalMounts: map[string]fsutil.FS{"root": root}}
}

// probeRoot is where buildProbe leaves the probe.
var probeRoot string

var buildProbe = sync.OnceValue(func() error {
	cmd := exec.Command("go", "build", "-o", filepath.Join(probeRoot, "probe"), "./testdata/probe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the probe: %w: %s", err, out)
	}
	return nil
})

// helper runs the test binary as another process.
func helper(what string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "DAEMON_TEST_HELPER="+what)
	return cmd
}

// nothingLeft fails the test when a process, mount, container or socket of the daemon is there.
func nothingLeft(t *testing.T, d dirs) {
	t.Helper()
	if pids := processes(t, d); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if points := mountsBelow(string(mounts), d.state); len(points) > 0 {
		t.Errorf("mounts %q are left", points)
	}
	if ids := containers(t, d); len(ids) > 0 {
		t.Errorf("containers %q are left", ids)
	}
	for _, name := range []string{d.socket(), d.record(), d.temp()} {
		if _, err := os.Lstat(name); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

// processes lists those that run with this daemon's configuration.
func processes(t *testing.T, d dirs) (pids []string) {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte(d.config()+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(name)))
		}
	}
	return pids
}

func containers(t *testing.T, d dirs) []string {
	t.Helper()
	runc, err := findRunc(t.Context(), source{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(runc, "list", "--format", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := leftContainers(out, d.state)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// oneLine fails the test unless err is a single line that holds all the texts.
func oneLine(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", texts)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %v", err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q lacks %q", err, text)
		}
	}
	t.Log(err)
}
