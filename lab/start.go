package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/state"
)

// ensureServing returns the running lab, and starts it if none answers.
func ensureServing(ctx context.Context, dir state.Dir, cache, bind string, progress debian.Progress) (state.Running, error) {
	running, alive, err := dir.ReadRunning()
	if err != nil {
		return running, err
	}
	certificate, err := certificateFile()
	if err != nil {
		return running, err
	}
	if alive {
		moved := bind != "" && bind != running.Bind || certificate != running.Certificate
		sick := healthy(ctx, dir, running)
		if !moved && sick == nil {
			return running, nil
		}
		if moved {
			progress("moving the lab from %s", running.Registry())
		} else {
			progress("starting the lab anew: %v", sick)
		}
		if err := stop(ctx, dir, running); err != nil {
			return running, err
		}
	} else if running.PID != 0 {
		progress("the lab was ended from outside: starting it anew")
	}
	if bind == "" {
		bind = running.Bind
	}
	if _, err := aws.Venv(ctx, cache, progress); err != nil { // here, so that its progress is seen
		return running, err
	}
	if err := start(ctx, dir, bind); err != nil {
		return running, err
	}
	running, alive, err = dir.ReadRunning()
	if err != nil {
		return running, err
	}
	if !alive {
		return running, fmt.Errorf("starting the lab: it ended at once: see %q", dir.Path("serve.log"))
	}
	return running, healthy(ctx, dir, running)
}

// startLimit bounds the start of registry and moto; a few seconds are usual.
const startLimit = 90 * time.Second

// start runs serve in the background, in a session of its own, and returns when it is ready.
func start(ctx context.Context, dir state.Dir, bind string) error {
	logFile, err := os.OpenFile(dir.Path("serve.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("starting the lab: %w", err)
	}
	defer logFile.Close()
	ready, tell, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("starting the lab: %w", err)
	}
	defer ready.Close()
	args := []string{"serve"}
	if bind != "" {
		args = append(args, "--bind", bind)
	}
	cmd := exec.Command("/proc/self/exe", args...) // it works too when the file is gone, as "go run" leaves it
	cmd.Args[0] = "lab"
	cmd.Env = append(os.Environ(), readyVariable+"=3")
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.ExtraFiles = []*os.File{tell}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// What this process inherited, a lock perhaps, must not live on in the lab.
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		_ = tell.Close()
		return fmt.Errorf("starting the lab: keeping descriptors from it: %w", err)
	}
	if err := cmd.Start(); err != nil {
		_ = tell.Close()
		return fmt.Errorf("starting the lab: %w", err)
	}
	_ = tell.Close()
	go func() { _ = cmd.Wait() }()
	child, err := state.Identify(cmd.Process.Pid)
	if err != nil {
		return fmt.Errorf("starting the lab: it ended at once: see %q", dir.Path("serve.log"))
	}

	_ = ready.SetReadDeadline(time.Now().Add(startLimit))
	cancelled := context.AfterFunc(ctx, func() { _ = ready.SetReadDeadline(time.Unix(1, 0)) })
	defer cancelled()
	line, err := bufio.NewReader(ready).ReadString('\n')
	line = strings.TrimSpace(line)
	switch {
	case line == "ready":
		return nil
	case line != "":
		return errors.New(line)
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("not ready within %s", startLimit)
	default:
		err = errors.New("it ended without an error message")
	}
	_ = child.Stop(context.WithoutCancel(ctx), 5*time.Second)
	return fmt.Errorf("starting the lab: %w: see %q", err, dir.Path("serve.log"))
}
