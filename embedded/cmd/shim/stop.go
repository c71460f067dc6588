package main

import (
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// forwardStop sends the command's process group SIGINT for each byte that
// arrives on the control socket, and forwards SIGINT and SIGTERM that the
// shim itself gets. A missing socket only means that nobody can request a
// stop. stopped reports whether anybody has.
func forwardStop(control string, pid int) (stopped func() bool) {
	var asked atomic.Bool
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		for s := range signals {
			asked.Store(true)
			_ = syscall.Kill(-pid, s.(syscall.Signal))
		}
	}()
	if control == "" {
		return asked.Load
	}
	conn, err := net.Dial("unix", control)
	if err != nil {
		return asked.Load
	}
	go func() {
		defer conn.Close()
		b := make([]byte, 1)
		for {
			if _, err := conn.Read(b); err != nil {
				return
			}
			signals <- syscall.SIGINT
		}
	}()
	return asked.Load
}
