package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/entitlements"
)

// TestNetwork attacks from inside a container.
func TestNetwork(t *testing.T) {
	engine(t)
	c := connect(t)
	loopback := listen(t, "127.0.0.1:0")
	everywhere := listen(t, "0.0.0.0:0")
	abstract, err := net.Listen("unix", fmt.Sprintf("@pipeline-test-%d", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	defer abstract.Close()
	_, port, _ := net.SplitHostPort(everywhere)
	ipv6 := "[::1]:80" // where the machine has none, nothing listens
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		defer l.Close()
		ipv6 = l.Addr().String()
	}
	for name, args := range map[string][]string{
		"loopback by IPv6":  {"refused", ipv6},
		"loopback":          {"refused", loopback},
		"gateway":           {"refused", net.JoinHostPort("198.18.0.1", port)},
		"metadata":          {"refused", "169.254.169.254:80"},
		"abstract socket":   {"unreachable", "unix", abstract.Addr().String()},
		"packet socket":     {"packets"},
		"own low port":      {"bind", "127.0.0.1:80"},
		"capabilities":      {"capabilities", "00000000800400fb"},
		"machine's address": {"dial", net.JoinHostPort(ownAddress(t), port)},
	} {
		t.Run(name, func(t *testing.T) {
			s, opt := probe(t, args)
			if out, err := solve(t.Context(), c, s, opt); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// TestOutside: names and ports outside can be reached, the name of a server first.
func TestOutside(t *testing.T) {
	const outside = "example.com"
	if _, err := net.LookupHost(outside); err != nil {
		t.Skipf("this machine does not reach the outside: %v", err)
	}
	engine(t)
	c := connect(t)
	for _, args := range [][]string{{"resolve", outside}, {"dial", outside + ":443"}} {
		s, opt := probe(t, args)
		if out, err := solve(t.Context(), c, s, opt); err != nil {
			t.Errorf("%q: %v: %s", args, err, out)
		}
	}
}

// TestNeighbours runs two containers at once that listen on the same port: both can,
// and neither reaches the other.
func TestNeighbours(t *testing.T) {
	engine(t)
	c := connect(t)
	shared := llb.AddMount("/shared", llb.Scratch(), llb.AsPersistentCacheDir(t.Name(), llb.CacheMountShared))
	done := make(chan error, 2)
	for _, args := range [][]string{{"listen", "0.0.0.0:8000", "/shared/done"}, {"neighbours", "8000", "/shared/done"}} {
		s, opt := probe(t, args, shared)
		go func() {
			out, err := solve(t.Context(), c, s, opt)
			if err != nil {
				err = fmt.Errorf("%s: %w: %s", args[0], err, out)
			}
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// TestHostNetwork: what asks for it gets the machine's network, with the machine's
// nameservers, from a daemon that isolates the others.
func TestHostNetwork(t *testing.T) {
	engine(t)
	c := connect(t)
	for _, args := range [][]string{{"dial", listen(t, "127.0.0.1:0")}, {"packets"}, {"nameserver", firstNameserver(t)}} {
		s, opt := probe(t, args, llb.Network(pb.NetMode_HOST))
		opt.AllowedEntitlements = []string{entitlements.EntitlementNetworkHost.String()}
		if out, err := solve(t.Context(), c, s, opt); err != nil {
			t.Errorf("%q: %v: %s", args, err, out)
		}
	}
}

// TestChoice: a daemon that was started without isolation does not serve a call that
// did not choose so.
func TestChoice(t *testing.T) {
	d := engine(t)
	t.Setenv(networkVariable, "host")
	address := listen(t, "127.0.0.1:0")
	reach := func(want string) {
		t.Helper()
		s, opt := probe(t, []string{want, address})
		if out, err := solve(t.Context(), connect(t), s, opt); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	reach("dial")
	first := pid(t)
	t.Setenv(networkVariable, "")
	reach("refused")
	if pid(t) == first {
		t.Error("the same daemon serves")
	}
	if pids := processes(t, d); len(pids) != 2 { // buildkitd and what gives it a network
		t.Errorf("processes %v", pids)
	}
	second := pid(t)
	t.Setenv(networkVariable, "host")
	if _, err := Connect(t.Context(), nil); err != nil || pid(t) != second {
		t.Errorf("a daemon that can do both was replaced: %v", err)
	}
	t.Setenv(networkVariable, "hots")
	_, err := Connect(t.Context(), nil)
	oneLine(t, err, `PIPELINE_NETWORK "hots"`, "isolated or host")
}

// TestNetworkRefused: where root may not make networks, one line says so and names
// the choice, with which the engine starts.
func TestNetworkRefused(t *testing.T) {
	engine(t)
	connect := func() (string, error) {
		cmd := helper("connect")
		cmd.Args = []string{"setpriv", "--bounding-set=-net_admin", "--", "/proc/self/exe"}
		var err error
		if cmd.Path, err = exec.LookPath("setpriv"); err != nil {
			t.Skip(err)
		}
		cmd.Args[3], _ = os.Executable()
		out, err := cmd.Output()
		return string(out), err
	}
	out, err := connect()
	if err == nil {
		t.Fatal("no error")
	}
	oneLine(t, errors.New(out), "starting buildkitd", "the containers' network", "operation not permitted", "PIPELINE_NETWORK=host")
	t.Setenv(networkVariable, "host")
	if out, err := connect(); err != nil {
		t.Errorf("with the choice: %v: %s", err, out)
	}
}

// TestNothingOnTheMachine: no interface, and nothing else to clean up, however the daemon ends.
func TestNothingOnTheMachine(t *testing.T) {
	before := interfaces(t)
	d := engine(t)
	for _, name := range []string{"uplink", "buildkitd"} { // whichever is killed, both end
		connect(t)
		for _, p := range processes(t, d) {
			exe, _ := os.Readlink("/proc/" + p + "/exe")
			id, err := strconv.Atoi(p)
			if err == nil && filepath.Base(exe) == name {
				err = syscall.Kill(id, syscall.SIGKILL)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		limited, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := poll(limited, func() (bool, error) { return len(processes(t, d)) == 0, nil }); err != nil {
			t.Fatalf("%s was killed, but processes %v go on", name, processes(t, d))
		}
	}
	// BuildKit makes interfaces here and moves them away at once; other engines of this machine do too.
	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := poll(limited, func() (bool, error) { return interfaces(t) == before, nil }); err != nil {
		t.Errorf("interfaces %s, were %s", interfaces(t), before)
	}
}

func listen(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func interfaces(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range all {
		names = append(names, i.Name)
	}
	return strings.Join(names, " ")
}

// ownAddress is this machine's address on its network; without one the test is skipped.
func ownAddress(t *testing.T) string {
	t.Helper()
	c, err := net.DialTimeout("udp4", "198.51.100.1:9", time.Second) // sends nothing
	if err != nil {
		t.Skip("needs a network")
	}
	defer c.Close()
	host, _, _ := net.SplitHostPort(c.LocalAddr().String())
	return host
}

func firstNameserver(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		t.Skip("needs a resolv.conf")
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "nameserver" {
			return f[1]
		}
	}
	t.Skip("needs a nameserver")
	return ""
}
