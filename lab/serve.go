package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/registry"
	"dagger/pipeline/lab/state"
)

// readyVariable names the file descriptor on which serve tells the command up that everything answers
// ("ready"), or why it cannot start.
const readyVariable = "LAB_READY_FD"

// stateBucket is the S3 bucket for terraform's state: versioned, and created at the start.
const stateBucket = "pipeline-lab-state"

const requestLog = "requests.jsonl"

// serve runs the registry, moto and the proxy in front of it until the context ends or one of them fails.
func serve(ctx context.Context, dir state.Dir, bind string, progress debian.Progress) error {
	err := serveUntil(ctx, dir, bind, progress)
	if err != nil {
		tellReady(err.Error())
	}
	return err
}

func serveUntil(ctx context.Context, dir state.Dir, bind string, progress debian.Progress) error {
	lock, err := state.Lock(dir.Path("serve.lock"), nil)
	if errors.Is(err, state.ErrLocked) {
		return fmt.Errorf("serving from %q: another serve is at it: stop it with \"lab down\", or set LAB_DIR to another directory", dir)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	cache, err := state.Cache()
	if err != nil {
		return err
	}
	venv, err := aws.Venv(ctx, cache, progress)
	if err != nil {
		return err
	}
	// Sockets have short paths only: work in the state directory and name them from there.
	if err := os.Chdir(string(dir)); err != nil {
		return fmt.Errorf("entering the lab's directory: %w", err)
	}

	if bind == "" {
		bind = "127.0.0.1"
	}
	ports, err := dir.ReadPorts()
	if err != nil {
		return err
	}
	registryListener, err := ports.Listen(dir, bind, "registry")
	if err != nil {
		return err
	}
	defer registryListener.Close()
	awsListener, err := ports.Listen(dir, bind, "aws")
	if err != nil {
		return err
	}
	defer awsListener.Close()
	listeners := []net.Listener{awsListener}
	var own string
	if net.ParseIP(bind).IsLoopback() {
		own = state.OwnAddress()
	}
	if own != "" {
		l, err := ports.Listen(dir, own, "containers")
		if err != nil {
			return err
		}
		defer l.Close()
		listeners = append(listeners, state.FromHere{Listener: l})
	}
	if err := dir.WritePorts(ports); err != nil {
		return err
	}

	certificate, err := certificateFile()
	if err != nil {
		return err
	}
	options, err := standIn(dir, registryListener.Addr().String())
	if err != nil {
		return err
	}
	options.Registry.TLS = certificate != ""
	images, err := newRegistry(ctx, dir)
	if err != nil {
		return err
	}
	moto, err := aws.StartMoto(ctx, venv, "moto.sock", os.Stderr)
	if err != nil {
		return err
	}
	defer moto.Stop(2 * time.Second)
	if err := moto.CreateBucket(ctx, stateBucket); err != nil {
		return err
	}
	requests, err := aws.OpenLog(dir.Path(requestLog))
	if err != nil {
		return err
	}
	defer requests.Close()

	speaking, err := secured(registryListener, certificate)
	if err != nil {
		return err
	}
	errorLog := log.New(os.Stderr, "lab: ", log.LstdFlags)
	failed := make(chan error, 3)
	for _, s := range []struct {
		name      string
		listeners []net.Listener
		handler   http.Handler
	}{
		{"registry", []net.Listener{speaking}, images},
		{"AWS stand-in", listeners, aws.Proxy(moto, options, requests, errorLog)},
	} {
		server := &http.Server{Handler: s.handler, ErrorLog: errorLog, ReadHeaderTimeout: 30 * time.Second}
		for _, l := range s.listeners {
			go func() { failed <- fmt.Errorf("serving the lab's %s: %w", s.name, server.Serve(l)) }()
		}
		defer shutdown(server)
	}
	if err := announce(dir, state.Running{Bind: bind, Own: own, Ports: ports, Certificate: certificate}, moto); err != nil {
		return err
	}
	defer func() { _ = dir.ClearRunning() }()
	tellReady("ready")
	progress("serving the registry on %s and AWS on http://%s", registryListener.Addr(), listeners[len(listeners)-1].Addr())

	select {
	case <-ctx.Done():
		return nil
	case <-moto.Exited():
		// A new moto would be an AWS without the resources that users still count on: say so instead.
		return fmt.Errorf("serving AWS: %s, and all that was in it is gone: run \"lab up\" again for a fresh one", moto.Reason())
	case err := <-failed:
		return err
	}
}

func shutdown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
}

// sessionVariable is how many seconds STS's sessions last.
const sessionVariable = "LAB_SESSION_SECONDS"

// standIn configures how the AWS stand-in differs from moto.
func standIn(dir state.Dir, registryHost string) (aws.Options, error) {
	var o aws.Options
	if text := os.Getenv(sessionVariable); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 {
			return o, fmt.Errorf("reading %s=%q: give the seconds that a session is to last", sessionVariable, text)
		}
		o.Sessions = time.Duration(seconds) * time.Second
	}
	password, err := dir.Secret("registry-password")
	if err != nil {
		return o, err
	}
	o.Registry = aws.Login{Host: registryHost, Username: registry.User, Password: password}
	o.ContainerToken, err = dir.Secret("container-token")
	return o, err
}

// openPassword is the secret of the registry's user for open runs.
const openPassword = "registry-open-password"

func newRegistry(ctx context.Context, dir state.Dir) (http.Handler, error) {
	password, err := dir.Secret("registry-password")
	if err != nil {
		return nil, err
	}
	secret, err := dir.Secret("registry-secret")
	if err != nil {
		return nil, err
	}
	open, err := dir.Secret(openPassword)
	if err != nil {
		return nil, err
	}
	line, err := registry.Htpasswd(password, open)
	if err != nil {
		return nil, err
	}
	if err := state.WriteFile(dir.Path("htpasswd"), line); err != nil {
		return nil, err
	}
	return registry.New(ctx, registry.Options{Storage: dir.Path("registry"), Htpasswd: dir.Path("htpasswd"), Secret: secret})
}

func announce(dir state.Dir, lab state.Running, moto *aws.Moto) (err error) {
	lab.Process, err = state.Identify(os.Getpid())
	if err != nil {
		return err
	}
	lab.Moto, err = state.Identify(moto.PID())
	if err != nil {
		return fmt.Errorf("starting moto: %w", err)
	}
	return dir.WriteRunning(lab)
}

// tellReady writes one line to the process that waits for it, if there is one.
func tellReady(line string) {
	fd, err := strconv.Atoi(os.Getenv(readyVariable))
	if err != nil || fd < 3 {
		return
	}
	_ = os.Unsetenv(readyVariable)
	pipe := os.NewFile(uintptr(fd), "ready")
	_, _ = fmt.Fprintln(pipe, line)
	_ = pipe.Close()
}
