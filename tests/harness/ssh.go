package harness

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// GitOverSSH is OpenSSH's server, for the git repositories of this machine.
type GitOverSSH struct {
	// Prefix begins the address of a repository, whose path on this machine follows.
	Prefix string
	// Known is its line in a known_hosts file.
	Known string
	// PrivateKey is the text of the only key that it accepts, PublicKey its other half.
	PrivateKey, PublicKey string
}

// NewGitOverSSH starts one on an address of this machine, for the length of a test. It runs sshd for
// each connection.
func NewGitOverSSH(t testing.TB, host string) GitOverSSH {
	t.Helper()
	sshd := needSSHD(t)
	dir := t.TempDir()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	g := GitOverSSH{}
	g.PrivateKey, g.PublicKey = NewSSHKey(t)
	hostKey, hostPublic := NewSSHKey(t)
	config := fmt.Sprintf("HostKey %[1]s/host\nAuthorizedKeysFile %[1]s/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n", dir)
	for name, text := range map[string]string{"host": hostKey, "authorized": g.PublicKey, "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				continue
			}
			if stream, err := conn.(*net.TCPConn).File(); err == nil {
				serve := exec.Command(sshd, "-i", "-f", filepath.Join(dir, "config"))
				serve.Stdin, serve.Stdout = stream, stream
				if err := serve.Start(); err == nil {
					go func() { _ = serve.Wait() }()
				}
				_ = stream.Close()
			}
			_ = conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	g.Prefix = fmt.Sprintf("ssh://%s@%s", me.Username, l.Addr())
	g.Known = fmt.Sprintf("[%s]:%s %s", host, port, hostPublic)
	return g
}

// NewSSHKey returns the text of a private key and that of its public one.
func NewSSHKey(t testing.TB) (private, public string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", rand.Text(), "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	for name, text := range map[string]*string{file: &private, file + ".pub": &public} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		*text = string(b)
	}
	return private, public
}

// NewSSHAgent starts an agent that has keys, and returns the path of its socket. The keys are on no
// disk.
func NewSSHAgent(t testing.TB, keys ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "socket")
	agent := exec.Command("ssh-agent", "-D", "-a", path)
	out, err := agent.StdoutPipe() // it prints its address once it listens
	if err == nil {
		err = agent.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = agent.Process.Kill()
		_ = agent.Wait()
		_ = os.RemoveAll(dir)
	})
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatalf("ssh-agent: %v", err)
	}
	for _, key := range keys {
		add := exec.Command("ssh-add", "-q", "-")
		add.Stdin = strings.NewReader(key)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+path)
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("ssh-add: %v: %s", err, out)
		}
	}
	return path
}

// needSSHD is the path of sshd, which is installed where that starts no server.
func needSSHD(t testing.TB) string {
	t.Helper()
	const sshd, separation = "/usr/sbin/sshd", "/run/sshd"
	if _, err := os.Stat(sshd); err != nil {
		_, booted := os.Stat("/run/systemd/system")
		if _, err := exec.LookPath("apt-get"); err != nil || os.Getuid() != 0 || booted == nil {
			t.Skip("no sshd here: apt-get install openssh-server")
		}
		install := []string{"-qq", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", "openssh-server"}
		if exec.Command("apt-get", install...).Run() != nil {
			_ = exec.Command("apt-get", "-qq", "update").Run() // the lists of a fresh machine are empty or old
			if out, err := exec.Command("apt-get", install...).CombinedOutput(); err != nil {
				t.Fatalf("installing openssh-server: %v: %s", err, out)
			}
		}
	}
	if os.Getuid() != 0 {
		t.Skip("sshd needs root, for the user that it logs in")
	}
	if err := os.MkdirAll(separation, 0o755); err != nil {
		t.Fatal(err)
	}
	return sshd
}

// AddSSHKey adds the lines of a private key that no other key has.
func (s *Search) AddSSHKey(name, private string) {
	lines := strings.Split(strings.TrimSpace(private), "\n")
	for _, line := range lines[2 : len(lines)-1] {
		s.Add(name, line)
	}
}
