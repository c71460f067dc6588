package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Region is where the lab's state bucket is.
const Region = "eu-west-1"

// Moto is a running moto server. It listens only on a Unix socket, so every request goes through the proxy.
type Moto struct {
	socket string
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	err    error         // how it went, once exited is closed
}

// startMoto runs moto's server without its own request log, whose query strings can contain
// signatures and tokens.
const startMoto = `import logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.server import main
main()`

// StartMoto starts the server of a virtualenv with its socket in the working directory (a relative
// path, because a socket's path may have 107 bytes only) and returns once it answers. The server
// dies with this process. Its output goes to the writer.
func StartMoto(ctx context.Context, venv, socket string, output io.Writer) (*Moto, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("clearing moto's socket: %w", err)
	}
	m := &Moto{socket: socket, exited: make(chan struct{})}
	m.cmd = exec.Command(filepath.Join(venv, "bin", "python"), "-c", startMoto, "-H", "unix://"+socket, "-p", "0")
	m.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LANG=C.UTF-8", "PYTHONUNBUFFERED=1",
		"MOTO_IAM_LOAD_MANAGED_POLICIES=true"} // such as AWSLambdaBasicExecutionRole, which most functions' roles have
	m.cmd.Stdout, m.cmd.Stderr = output, output
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error, 1)
	go func() {
		// The death signal is tied to the thread that starts the process: keep it for as long.
		runtime.LockOSThread()
		err := m.cmd.Start()
		started <- err
		if err == nil {
			m.err = m.cmd.Wait()
			close(m.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting moto: %w: remove its virtualenv %q and run up again", err, venv)
	}
	if err := m.wait(ctx); err != nil {
		m.Stop(0)
		return nil, err
	}
	return m, nil
}

func (m *Moto) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := m.Ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-m.exited:
			return fmt.Errorf("starting moto: %s: see the lab's log", m.Reason())
		case <-ctx.Done():
			return fmt.Errorf("waiting for moto: no answer within a minute: %w: see the lab's log", err)
		}
	}
}

// PID returns the server's process id.
func (m *Moto) PID() int { return m.cmd.Process.Pid }

// Exited is closed when the server is gone; Reason then says how.
func (m *Moto) Exited() <-chan struct{} { return m.exited }

// Reason says how an exited server ended.
func (m *Moto) Reason() string {
	if m.err == nil {
		return "moto ended by itself"
	}
	return "moto ended: " + m.err.Error()
}

// Stop asks the server to end, kills it after the grace time, and returns when it is gone.
func (m *Moto) Stop(grace time.Duration) {
	_ = m.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-m.exited:
		return
	case <-time.After(grace):
	}
	_ = m.cmd.Process.Kill()
	<-m.exited
}

func (m *Moto) transport() *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", m.socket)
		},
		DisableCompression: true,
		DisableKeepAlives:  true, // the server speaks HTTP/1.0
	}
}

// Ping checks whether the server answers, for two seconds at most.
func (m *Moto) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return m.do(ctx, http.MethodGet, "/moto-api/", "")
}

// CreateBucket makes a versioned, private S3 bucket in Region.
func (m *Moto) CreateBucket(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err := m.do(ctx, http.MethodPut, "/"+name,
		`<CreateBucketConfiguration><LocationConstraint>`+Region+`</LocationConstraint></CreateBucketConfiguration>`)
	if err == nil {
		err = m.do(ctx, http.MethodPut, "/"+name+"?versioning",
			`<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`)
	}
	if err == nil {
		err = m.do(ctx, http.MethodPut, "/"+name+"?publicAccessBlock",
			`<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>`+
				`<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`)
	}
	if err != nil {
		return fmt.Errorf("creating the state bucket %q: %w", name, err)
	}
	return nil
}

func (m *Moto) do(ctx context.Context, method, path, body string) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	// moto reads the service and region from the scope and checks no signature.
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=LAB/20200101/"+Region+"/s3/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := m.transport().RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("moto answered %s: %s", resp.Status, answer)
	}
	return nil
}
