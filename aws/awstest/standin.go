package awstest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"dagger/pipeline/aws"
)

// stand-in of AWS, started once for the tests that need one.
var standIn struct {
	once     sync.Once
	endpoint string
	reason   string
	stop     func()
}

// Main runs the tests of a package, and stops the stand-in after them.
func Main(m *testing.M) {
	code := m.Run()
	if standIn.stop != nil {
		standIn.stop()
	}
	os.Exit(code)
}

// StandIn returns the endpoint of LAB_AWS_ENDPOINT, or of a moto_server that is started when it is on PATH.
func StandIn(t *testing.T) string {
	t.Helper()
	standIn.once.Do(func() {
		if standIn.endpoint = os.Getenv("LAB_AWS_ENDPOINT"); standIn.endpoint != "" {
			return
		}
		path, err := exec.LookPath("moto_server")
		if err != nil {
			standIn.reason = "no LAB_AWS_ENDPOINT and no moto_server on PATH"
			return
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			standIn.reason = err.Error()
			return
		}
		port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
		_ = l.Close()
		cmd := exec.Command(path, "-H", "127.0.0.1", "-p", port)
		if err := cmd.Start(); err != nil {
			standIn.reason = err.Error()
			return
		}
		standIn.stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
		standIn.endpoint = "http://127.0.0.1:" + port
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if resp, err := http.Get(standIn.endpoint + "/moto-api/"); err == nil {
				_ = resp.Body.Close()
				return
			}
			if time.Now().After(deadline) {
				standIn.endpoint, standIn.reason = "", "moto_server does not answer"
				return
			}
		}
	})
	if standIn.endpoint == "" {
		t.Skip(standIn.reason)
	}
	return standIn.endpoint
}

// OnStandIn opens a session there.
func OnStandIn(t *testing.T, change func(aws.Config) aws.Config) *aws.Session {
	t.Helper()
	c := aws.Config{Region: "eu-west-1", Endpoint: StandIn(t), Facts: aws.Facts{Project: "group/app", Pipeline: "4711", Environment: "mr-7"}, AllowedAccounts: []string{"123456789012"}}
	s, err := aws.Resolve(t.Context(), change(c))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
