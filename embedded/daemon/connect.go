package daemon

import (
	"context"
	"fmt"
	"io"
	"os"

	"dagger/pipeline/embedded/files"
)

// Connect returns the address of a running buildkitd: BUILDKIT_HOST when set, else
// unix://<run dir>/buildkitd.sock, building and starting a daemon when none
// answers. progress, which may be nil, gets one-line notices and nothing when the
// daemon runs.
// Callers at the same instant, in any number of processes, share one daemon.
func Connect(ctx context.Context, progress io.Writer) (addr string, err error) {
	if host := os.Getenv("BUILDKIT_HOST"); host != "" {
		if err := checkHost(host); err != nil {
			return "", fmt.Errorf("reading BUILDKIT_HOST %q: %w", host, err)
		}
		if err := answers(ctx, host, hostTimeout); err != nil {
			return "", fmt.Errorf("connecting to BUILDKIT_HOST %q: %w: start it, or unset BUILDKIT_HOST", host, err)
		}
		return host, nil
	}
	if progress == nil {
		progress = io.Discard
	}
	network, err := ChosenNetwork()
	if err != nil {
		return "", err
	}
	d, err := environment()
	if err != nil {
		return "", err
	}
	if answers(ctx, d.address(), answerTimeout) == nil && suits(d, network) {
		return d.address(), nil
	}
	if uid := os.Geteuid(); uid != 0 {
		return "", fmt.Errorf("starting buildkitd: not root but uid %d: run as root, or set BUILDKIT_HOST to a running buildkitd", uid)
	}
	if err := private(d.run, "PIPELINE_RUN_DIR"); err != nil {
		return "", err
	}
	release, err := files.Lock(ctx, d.lock(), 0o600, func() {
		fmt.Fprintln(progress, "waiting for another call that starts or stops buildkitd")
	})
	if err != nil {
		return "", err
	}
	defer release()
	running, err := settle(ctx, d)
	if err != nil {
		return "", err
	}
	if running {
		if suits(d, network) {
			return d.address(), nil
		}
		fmt.Fprintln(progress, "starting the engine anew: its containers share this machine's network, and this call's may not")
		if err := halt(ctx, d); err != nil {
			return "", err
		}
	}
	if err := start(ctx, d, network, progress); err != nil {
		return "", err
	}
	return d.address(), nil
}

// suits reports whether the running daemon has what a call asks for. One that isolates
// its containers can also give them this machine's network.
func suits(d dirs, n Network) bool {
	if n == Host {
		return true
	}
	p, err := readProcess(d.record())
	return err == nil && p.Network == Isolated
}

// settle waits for a daemon that is starting, because its starter was killed, or
// stopping, and reports whether it answers. The caller holds the lock.
func settle(ctx context.Context, d dirs) (running bool, err error) {
	p, err := readProcess(d.record())
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no answer in %s", startTimeout))
	defer cancel()
	err = poll(ctx, func() (bool, error) {
		running = answers(ctx, d.address(), answerTimeout) == nil
		return running || !p.alive(), nil
	})
	if err != nil {
		return false, fmt.Errorf("connecting to buildkitd, process %d: %w: see %s, or end the process", p.PID, context.Cause(ctx), d.log())
	}
	return running, nil
}
