package tests

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// A session serves who has its token, on loopback, and nobody else.
func TestSessionServesOnlyItsOwner(t *testing.T) {
	world.Embedded(t, "a Dagger engine's session is its own concern")
	p := world.Project(t)
	p.Write("Makefile", "test:\n\t@echo under way; sleep 600\n")
	process := world.Start(t, p.Call("test", "--progress", "plain"))
	process.Prints(" under way")
	port, token := session(t, process)

	ask := func(host, user, query string) (int, string) {
		t.Helper()
		body := fmt.Sprintf(`{"query": %q}`, query)
		req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:"+port+"/query", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		if user != "" {
			req.SetBasicAuth(user, "")
		}
		client := http.Client{Timeout: 10 * time.Second}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(answer)
	}
	local := "127.0.0.1:" + port
	const query = "{version}"
	if status, answer := ask(local, token, query); status != http.StatusOK || !strings.Contains(answer, "v0.") {
		t.Fatalf("with the token: %d %q", status, answer)
	}
	for name, test := range map[string]struct{ host, user string }{
		"no token":                   {local, ""},
		"another token":              {local, strings.Repeat("0", len(token))},
		"a part of the token":        {local, token[:len(token)-1]},
		"more than the token":        {local, token + "0"},
		"the token, by another name": {"attacker.example:" + port, token},
	} {
		if status, answer := ask(test.host, test.user, query); status != http.StatusUnauthorized || strings.TrimSpace(answer) != "unauthorized" {
			t.Errorf("%s: %d %q, want only a refusal", name, status, answer)
		}
	}

	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range append(addresses, neighbour(t, port)...) {
		ip, _, err := net.ParseCIDR(a.String())
		if err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			continue
		}
		if c, err := net.DialTimeout("tcp", net.JoinHostPort(ip.String(), port), 2*time.Second); err == nil {
			c.Close()
			t.Errorf("the session listens on %s too", ip)
		}
	}
}

// session is the port and token that the module's program of a call got.
func session(t *testing.T, process *harness.Process) (port, token string) {
	t.Helper()
	parent := fmt.Sprint(process.Pid())
	pids := harness.Processes(func(_, environment string) bool {
		return strings.Contains(environment, "DAGGER_SESSION_TOKEN=") && strings.Contains(environment, "DAGGER_SESSION_PORT=")
	})
	for _, pid := range pids {
		if harness.Parent(pid) != parent {
			continue
		}
		return harness.Variable(pid, "DAGGER_SESSION_PORT"), harness.Variable(pid, "DAGGER_SESSION_TOKEN")
	}
	t.Fatalf("the call has no program with a session among %v", pids)
	return "", ""
}

// neighbour connects a network namespace of its own to this machine, tries the port from in there, and
// returns this machine's address on that link.
func neighbour(t *testing.T, port string) []net.Addr {
	t.Helper()
	ip := func(args ...string) error {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	const ns, near, here, there = "pipeline-test", "pipetest0", "198.18.77.1", "198.18.77.2"
	t.Cleanup(func() {
		_ = ip("link", "del", near)
		_ = ip("netns", "del", ns)
	})
	for _, args := range [][]string{
		{"netns", "add", ns},
		{"link", "add", near, "type", "veth", "peer", "name", "eth0", "netns", ns},
		{"addr", "add", here + "/30", "dev", near},
		{"link", "set", near, "up"},
		{"-n", ns, "addr", "add", there + "/30", "dev", "eth0"},
		{"-n", ns, "link", "set", "eth0", "up"},
	} {
		if err := ip(args...); err != nil {
			t.Logf("no second host to ask from: %v", err)
			return nil
		}
	}
	// The link works: another port of this machine answers the neighbour.
	open, err := net.Listen("tcp", here+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	_, openPort, _ := net.SplitHostPort(open.Addr().String())
	reaches := func(port string) bool {
		return exec.Command("ip", "netns", "exec", ns, "bash", "-c", "exec 3<>/dev/tcp/"+here+"/"+port).Run() == nil
	}
	if !reaches(openPort) {
		t.Error("the neighbour does not reach this machine at all")
	}
	if reaches(port) {
		t.Error("the session can be reached from another machine")
	}
	return []net.Addr{&net.IPNet{IP: net.ParseIP(here), Mask: net.CIDRMask(30, 32)}}
}
