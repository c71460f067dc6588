package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/tonistiigi/fsutil"
)

// TestMain also serves as the other process of a test.
func TestMain(m *testing.M) {
	var err error
	switch os.Getenv("DAEMON_TEST_HELPER") {
	case "":
		os.Exit(m.Run())
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
func engine(t *testing.T) dirs {
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
	root, err := fsutil.NewFS(probeRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	opts = append(opts, llb.Args(append([]string{"/probe"}, args...)))
	s := llb.Scratch().File(llb.Copy(llb.Local("root"), "/probe", "/probe")).Run(opts...).Root()
	return s, client.SolveOpt{LocalMounts: map[string]fsutil.FS{"root": root}}
}

var buildProbe = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "probe")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "probe"), "./testdata/probe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func probeRoot(t *testing.T) string {
	t.Helper()
	dir, err := buildProbe()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// helper runs the test binary as another process.
func helper(what string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "DAEMON_TEST_HELPER="+what)
	return cmd
}

func TestStartSolveStop(t *testing.T) {
	d := engine(t)
	c := connect(t)
	if _, err := solve(t.Context(), c, llb.Scratch().File(llb.Mkfile("/a", 0o600, []byte("a"))), client.SolveOpt{}); err != nil {
		t.Fatal(err)
	}
	info, err := Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	src, err := findSource()
	if err != nil {
		t.Fatal(err)
	}
	if !info.Running || info.PID == 0 || info.Version != src.version || info.Address != d.address() || info.Records == 0 || info.Snapshotter == "" {
		t.Errorf("Status = %+v", info)
	}
	for _, dir := range []string{d.state, d.run} {
		if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v, want mode 0700", dir, fi, err)
		}
	}
	for _, name := range []string{d.log(), d.record(), d.config()} {
		if fi, err := os.Stat(name); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, fi, err)
		}
	}
	if freed, err := Prune(t.Context(), true); err != nil || freed <= 0 {
		t.Errorf("Prune = %d, %v", freed, err)
	}
	c.Close()
	for range 2 { // the second has nothing to do
		if err := Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		nothingLeft(t, d)
	}
	if info, err := Status(t.Context()); err != nil || info.Running || info.PID != 0 {
		t.Errorf("Status after Stop = %+v, %v", info, err)
	}
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
	runc, err := findRunc(t.Context())
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

// TestExec checks what the pipeline asks of the container runtime.
func TestExec(t *testing.T) {
	engine(t)
	c := connect(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cache := llb.AddMount("/cache", llb.Scratch(), llb.AsPersistentCacheDir("test", llb.CacheMountShared))
	const size = 8_000_000 // BuildKit clips at 2 MiB unless told otherwise
	for _, test := range []struct {
		name string
		args []string
		opts []llb.RunOption
		out  int
		err  string
	}{
		{name: "secret variable", args: []string{"secret", "TOKEN", "canary"}, opts: []llb.RunOption{llb.AddSecret("token", llb.SecretID("token"), llb.SecretAsEnv(true), llb.SecretAsEnvName("TOKEN"))}},
		{name: "cache mount", args: []string{"append", "/cache/file", "1"}, opts: []llb.RunOption{cache}},
		{name: "cache mount keeps", args: []string{"append", "/cache/file", "2"}, opts: []llb.RunOption{cache}},
		{name: "host's loopback", args: []string{"dial", l.Addr().String()}},
		{name: "seccomp", args: []string{"confined"}},
		{name: "long output", args: []string{"print", strconv.Itoa(size)}, out: size},
		{name: "exit code", args: []string{"exit"}, err: "exit code: 7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, opt := probe(t, test.args, test.opts...)
			opt.Session = []session.Attachable{secretsprovider.FromMap(map[string][]byte{"token": []byte("canary")})}
			out, err := solve(t.Context(), c, s, opt)
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %q: %s", err, test.err, out)
			}
			if len(out) < test.out {
				t.Errorf("%d bytes of output, want %d", len(out), test.out)
			}
		})
	}
}

func TestCallersShareOneDaemon(t *testing.T) {
	d := engine(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if out, err := helper("connect").CombinedOutput(); err != nil || string(out) != d.address() {
				t.Errorf("connect = %s, %v", out, err)
			}
		})
	}
	wg.Wait()
	if pids := processes(t, d); len(pids) != 1 {
		t.Errorf("processes %v, want one", pids)
	}
	if _, err := os.Stat(d.log() + ".old"); err == nil {
		t.Error("a second log: the daemon was started twice")
	}
}

// TestKilledDaemon kills the daemon while a container runs.
func TestKilledDaemon(t *testing.T) {
	d := engine(t)
	c := connect(t)
	old := pid(t)
	done := runWaiting(t, d, c)
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("the build of a killed daemon succeeded")
	}
	if ids := containers(t, d); len(ids) == 0 {
		t.Error("no container is left: this test tests nothing")
	}
	c = connect(t)
	if now := pid(t); now == old || now == 0 {
		t.Errorf("pid %d after %d was killed", now, old)
	}
	if ids := containers(t, d); len(ids) > 0 {
		t.Errorf("containers %q are left", ids)
	}
	if _, err := solve(t.Context(), c, llb.Scratch().File(llb.Mkfile("/b", 0o600, nil)), client.SolveOpt{}); err != nil {
		t.Error(err)
	}
}

// TestKilledThenStopped has no next start that could clean up.
func TestKilledThenStopped(t *testing.T) {
	d := engine(t)
	done := runWaiting(t, d, connect(t))
	if err := syscall.Kill(pid(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-done
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d)
}

// TestStopSparesRunningBuild stops a daemon that serves a build: it ends with the build.
func TestStopSparesRunningBuild(t *testing.T) {
	d := engine(t)
	c := connect(t)
	ctx, interrupt := context.WithCancel(t.Context())
	done := runWaitingIn(ctx, t, d, c)
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := Stop(short); err == nil || !strings.Contains(err.Error(), "end the calls that use it") {
		t.Errorf("Stop = %v", err)
	}
	if ids := containers(t, d); len(ids) != 1 {
		t.Errorf("containers %q after Stop gave up, want the running one", ids)
	}
	interrupt()
	<-done
	c.Close()
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, d)
}

// runWaiting starts a container that runs until it is killed.
func runWaiting(t *testing.T, d dirs, c *client.Client) <-chan error {
	t.Helper()
	return runWaitingIn(t.Context(), t, d, c)
}

func runWaitingIn(ctx context.Context, t *testing.T, d dirs, c *client.Client) <-chan error {
	t.Helper()
	s, opt := probe(t, []string{"wait"})
	done := make(chan error, 1)
	go func() {
		_, err := solve(ctx, c, s, opt)
		done <- err
	}()
	deadline, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := poll(deadline, func() (bool, error) { return len(containers(t, d)) > 0, nil }); err != nil {
		t.Fatalf("waiting for the container: %v", err)
	}
	return done
}

// TestStaleRunDir starts over what a reboot leaves: a socket and the pid of another process.
func TestStaleRunDir(t *testing.T) {
	d := engine(t)
	if err := private(d.run, ""); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", d.socket())
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	other, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	other.Start++ // the pid is in use again
	if err := other.write(d.record()); err != nil {
		t.Fatal(err)
	}
	connect(t)
	if now := pid(t); now == os.Getpid() || now == 0 {
		t.Errorf("pid %d", now)
	}
}

// TestDescriptorsStay starts the daemon from a process that inherited a pipe: the
// pipe ends with that process.
func TestDescriptorsStay(t *testing.T) {
	engine(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := helper("connect")
	cmd.ExtraFiles = []*os.File{w}
	out, err := cmd.CombinedOutput()
	w.Close()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if pid(t) == 0 {
		t.Fatal("no daemon runs")
	}
	if err := r.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("reading the pipe: %v, want its end", err)
	}
}

// TestNoOverlay puts the state on a file system that overlayfs cannot stack on: another overlay.
func TestNoOverlay(t *testing.T) {
	d := engine(t)
	if err := private(d.state, ""); err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	for _, name := range []string{"lower", "upper", "work"} {
		if err := os.Mkdir(filepath.Join(base, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	option := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", base)
	if err := syscall.Mount("overlay", d.state, "overlay", 0, option); err != nil {
		t.Skipf("needs overlayfs: %v", err)
	}
	t.Cleanup(func() {
		if err := Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := syscall.Unmount(d.state, 0); err != nil {
			t.Error(err)
		}
	})
	var progress bytes.Buffer
	if _, err := Connect(t.Context(), &progress); err != nil {
		t.Fatal(err)
	}
	info, err := Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Snapshotter == "native" != strings.Contains(progress.String(), "overlayfs cannot be used") || info.Snapshotter == "overlayfs" {
		t.Errorf("snapshotter %q, progress %q", info.Snapshotter, progress.String())
	}
	c := connect(t)
	s, opt := probe(t, []string{"confined"})
	if out, err := solve(t.Context(), c, s, opt); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
