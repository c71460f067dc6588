// Command uplink gives the containers of one buildkitd their own network and
// a way out of it, without a trace on the machine: no rule, no interface, no setting.
//
// It creates a network namespace with a bridge, to which CNI's bridge plugin connects
// each container, isolated from the others. The bridge's only other port is a network
// stack in this process (gVisor's). It answers as the gateway, and for each container
// connection that the policy allows it opens one from the machine.
// So containers reach what the machine reaches, but neither its loopback, nor
// its abstract sockets, nor each other.
//
// It starts buildkitd, which stays in the machine's namespace. Each ends when the
// other does, however it dies. The kernel then removes the namespace.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

func main() {
	// The thread that starts buildkitd has to live on: its end would be buildkitd's.
	runtime.LockOSThread()
	namespace := flag.String("netns", "", "file to mount the namespace on, called netns")
	daemon := flag.String("daemon", "", "path of buildkitd")
	config := flag.String("config", "", "path of its configuration")
	flag.Parse()
	code, err := run(*namespace, *daemon, *config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "uplink:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(namespace, daemon, config string) (code int, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	w, err := newWire(namespace)
	if err != nil {
		return 0, fmt.Errorf("making the containers' network: %w", err)
	}
	if err := serve(w); err != nil {
		return 0, fmt.Errorf("serving the containers' network: %w", err)
	}
	cmd := exec.Command(daemon, "--config", config)
	// BuildKit looks for a namespace to work in where RootlessKit leaves it.
	cmd.Env = append(os.Environ(), "ROOTLESSKIT_STATE_DIR="+filepath.Dir(namespace))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting buildkitd: %w", err)
	}
	if err := dropCapabilities(); err != nil {
		_ = cmd.Process.Kill()
		return 0, fmt.Errorf("dropping capabilities: %w", err)
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s)
		}
	}()
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return 0, err
	}
	return max(cmd.ProcessState.ExitCode(), 0), nil
}
