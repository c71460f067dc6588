package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"dagger/pipeline/embedded/tunnel"
)

// logEnd is how much of a service's output goes with a report, in bytes.
const logEnd = 16 << 10

// service is the command of this container where others connect to it.
type service struct {
	socket  string
	meta    string
	ready   tunnel.Readiness
	status  stream
	stopped atomic.Bool
}

// newService opens the stream for a service's reports to the session; nil if
// the command is not a service.
func newService(o options) (*service, error) {
	if o.serve == "" {
		return nil, nil
	}
	s := &service{socket: o.serve, meta: o.meta}
	if err := json.Unmarshal([]byte(o.readiness), &s.ready); err != nil {
		return nil, fmt.Errorf("reading when the service is ready: %w", err)
	}
	var err error
	if s.status, err = dial(s.socket, tunnel.Status); err != nil {
		return nil, fmt.Errorf("telling the session of the service: %w", err)
	}
	return s, nil
}

// run reports to the session when the service is ready, accepts connections and asks
// the process group to end when the session requests it.
func (s *service) run(pid int) {
	go s.accept()
	go func() {
		if problem := s.wait(); problem != nil {
			problem.Log = s.log()
			s.report(*problem)
		} else {
			s.report(tunnel.Report{Ready: true})
		}
	}()
	go func() {
		if _, err := s.status.Read(make([]byte, 1)); err == nil {
			s.stopped.Store(true)
			_ = syscall.Kill(-pid, syscall.SIGTERM)
		}
	}()
}

// ended waits to be killed if the end was requested: the files of a service are
// nobody's result.
func (s *service) ended() {
	if s.stopped.Load() {
		s.report(tunnel.Report{Ended: true})
		select {}
	}
}

func (s *service) report(r tunnel.Report) {
	line, _ := json.Marshal(r)
	_, _ = s.status.Write(append(line, '\n'))
}

// wait returns nil once the service is ready.
func (s *service) wait() *tunnel.Report {
	start := time.Now()
	for failed := 0; len(s.ready.Command) > 0; {
		check := exec.Command(s.ready.Command[0], s.ready.Command[1:]...)
		output, err := check.CombinedOutput()
		if err == nil {
			break
		}
		if time.Since(start) > s.ready.Grace {
			failed++
		}
		if failed >= s.ready.Retries {
			return &tunnel.Report{Problem: err.Error(), Check: s.ready.Command, Output: string(output)}
		}
		time.Sleep(s.ready.Interval)
	}
	end := time.Now().Add(s.ready.Patience)
	for _, port := range s.ready.Ports {
		for {
			conn, err := dialOwn(port)
			if err == nil {
				_ = conn.Close()
				break
			}
			if time.Now().After(end) {
				return &tunnel.Report{Problem: fmt.Sprintf("checking for port %d/tcp: %v", port, err)}
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

// accept keeps one stream open on which the session can ask for a connection.
func (s *service) accept() {
	for {
		idle, err := dial(s.socket, tunnel.Idle)
		if err != nil {
			return
		}
		port, err := tunnel.ReadPort(idle)
		if err != nil {
			_ = idle.Close()
			return
		}
		go func() {
			conn, err := dialOwn(port)
			if err != nil {
				_ = idle.Close()
				return
			}
			idle.join(conn)
		}()
	}
}

// dialOwn connects to a port as another container would: from and to an address
// that is not loopback, because services may grant loopback more rights.
func dialOwn(port int) (*net.TCPConn, error) {
	host := "127.0.0.1"
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			host = n.IP.String()
		}
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(port)), time.Second)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// log is the end of what the service has printed.
func (s *service) log() string {
	text, _ := os.ReadFile(filepath.Join(s.meta, "combined"))
	if len(text) > logEnd {
		_, text, _ = bytes.Cut(text[len(text)-logEnd:], []byte("\n"))
	}
	return string(text)
}
