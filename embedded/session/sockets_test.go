package session

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/moby/buildkit/session/sshforward"
	"google.golang.org/grpc/metadata"
)

// echo is a socket of the machine that repeats a line, with what it puts before it, and hangs up.
func echo(t *testing.T, before string) (path string, asked *atomic.Int32) {
	t.Helper()
	dir, err := os.MkdirTemp("", "socket") // t.TempDir is too long for one
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path, asked = filepath.Join(dir, "echo"), new(atomic.Int32)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			line, _ := bufio.NewReader(conn).ReadString('\n')
			fmt.Fprint(conn, before, line)
			conn.Close()
		}
	}()
	return path, asked
}

// A command that is given a socket of the machine reaches it, and no other command does.
// Which socket it was is no part of what a command is remembered by.
func TestSocketOfTheMachine(t *testing.T) {
	program := filepath.Join(t.TempDir(), "connect")
	build := exec.Command("go", "build", "-o", program, "./testdata/connect")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v: %s", err, out)
	}
	said := filepath.Base(t.TempDir()) + fmt.Sprint(os.Getpid())
	const inside = "/run/deep/agent"
	use := func(s *Server, path, rest string) (string, error) {
		id := query(t, s, fmt.Sprintf(`{host{file(path:%q){id}}}`, program))
		socket := query(t, s, fmt.Sprintf(`{host{unixSocket(path:%q){id}}}`, path))
		return tryChain(t, s, fmt.Sprintf(`withFile(path:"/connect",source:%q,permissions:493){withUnixSocket(path:%q,source:%q){withExec(args:["/connect",%q,%q]){%s`,
			id, inside, socket, inside, said, rest))
	}
	first, asked := echo(t, "first ")
	s := newServer(t)
	if got, err := use(s, first, "stdout"); err != nil || got != "first "+said+"\n" || asked.Load() != 1 {
		t.Errorf("got %q, %v, asked %d times", got, err, asked.Load())
	}
	if got, err := use(s, first, fmt.Sprintf(`withoutUnixSocket(path:%q){withExec(args:["ls","/run"],expect:ANY){stdout`, inside)); err != nil || got != "" {
		t.Errorf("the next command has %q, %v", got, err)
	}
	if got, err := use(s, first, fmt.Sprintf(`rootfs{exists(path:%q)`, inside)); err != nil || got != "false" {
		t.Errorf("the socket stays in the layer: %q, %v", got, err)
	}
	if got, err := use(s, first, `withExec(args:["sh","-c","echo =$SSH_AUTH_SOCK"]){stdout`); err != nil || got != "=\n" {
		t.Errorf("a variable that nobody has set: %q, %v", got, err)
	}
	second, other := echo(t, "second ")
	if got, err := use(newServer(t), second, "stdout"); err != nil || got != "first "+said+"\n" || other.Load() != 0 {
		t.Errorf("with another socket: %q, %v, asked %d times", got, err, other.Load())
	}
	for _, path := range []string{"/does/not/exist", program} {
		if _, err := s.Query(t.Context(), fmt.Sprintf(`{host{unixSocket(path:%q){id}}}`, path)); err == nil || !strings.Contains(err.Error(), "no such socket") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A socket that nobody serves any more is an error of the command, not a wait for ever.
func TestSocketWithoutListener(t *testing.T) {
	var ss sockets
	k := ss.add(filepath.Join(t.TempDir(), "gone"))
	if again := ss.add(k.path); *again != *k {
		t.Errorf("the same socket has another id: %v, %v", again, k)
	}
	if got := ss.get(k.id); got == nil || *got != *k {
		t.Errorf("by its id: %v", got)
	}
	for _, id := range []string{"", socketPrefix, socketPrefix + "1", socketPrefix + "-1", "0"} {
		if got := ss.get(id); got != nil {
			t.Errorf("%q is %v", id, got)
		}
	}
	if err := k.join(silent{t.Context()}); err == nil || !strings.Contains(err.Error(), `connecting to the socket "`+k.path) {
		t.Errorf("got %v", err)
	}
}

// silent is a stream on which nothing is said.
type silent struct{ ctx context.Context }

func (s silent) Context() context.Context                { return s.ctx }
func (silent) Send(*sshforward.BytesMessage) error       { return nil }
func (s silent) Recv() (*sshforward.BytesMessage, error) { return nil, io.EOF }
func (silent) SetHeader(metadata.MD) error               { return nil }
func (silent) SendHeader(metadata.MD) error              { return nil }
func (silent) SetTrailer(metadata.MD)                    {}
func (silent) SendMsg(any) error                         { return nil }
func (silent) RecvMsg(any) error                         { return io.EOF }
