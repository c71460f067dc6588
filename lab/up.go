package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/image"
	"dagger/pipeline/lab/registry"
	"dagger/pipeline/lab/state"
	"dagger/pipeline/lab/terraform"
)

// made is what up prepared, kept for env.
type made struct {
	Images map[string]image.Built `json:"images"` // by name
	Mirror string                 `json:"mirror"`
	Infra  string                 `json:"infra"`
}

// up makes sure that the lab serves and holds its base images, then prints its environment.
func up(ctx context.Context, dir state.Dir, bind string, stdout io.Writer, progress debian.Progress) error {
	lock, err := state.Lock(dir.Path("up.lock"), func() { progress("waiting for another lab command on %s", dir) })
	if err != nil {
		return err
	}
	defer lock.Close()
	cache, err := state.Cache()
	if err != nil {
		return err
	}
	result := made{Images: map[string]image.Built{}}
	if result.Mirror, err = terraform.This.Mirror(); err != nil {
		return err
	}
	if result.Infra, err = infra(dir, result.Mirror, progress); err != nil {
		return err
	}
	recipes, sums, err := recipes(ctx, cache, progress)
	if err != nil {
		return err
	}

	// All of it waits on the network for much of its time.
	var running state.Running
	built := make([]image.Built, len(recipes))
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		running, err = ensureServing(gctx, dir, cache, bind, progress)
		return err
	})
	for i, r := range recipes {
		group.Go(func() (err error) {
			built[i], err = image.Build(gctx, filepath.Join(cache, "images"), r, sums, progress)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}

	password, err := dir.Secret("registry-password")
	if err != nil {
		return err
	}
	login := image.Login{Host: running.Address("registry"), User: registry.User, Password: password}
	for _, b := range built {
		if err := b.Push(ctx, login, progress); err != nil {
			return err
		}
		result.Images[b.Name] = b
	}
	if err := state.WriteJSON(dir.Path("made.json"), result); err != nil {
		return err
	}
	return printEnv(ctx, dir, stdout)
}

// recipes returns what to build, with the machine's terraform where it has one.
func recipes(ctx context.Context, cache string, progress debian.Progress) ([]image.Recipe, *image.Sums, error) {
	sums, err := image.ReadSums(filepath.Join(cache, "sums.json"))
	if err != nil {
		return nil, nil, err
	}
	binary, err := terraform.This.Binary()
	if err != nil {
		return nil, nil, err
	}
	tag := terraform.DefaultTag
	if binary == "" {
		progress("no terraform found on PATH: the terraform image has none, the pipeline downloads it")
	} else if tag, err = sums.Remember("version", binary, func() (string, error) { return terraform.Tag(ctx, binary) }); err != nil {
		return nil, nil, err
	}
	all, err := image.Recipes(binary, tag)
	return all, sums, err
}

// ensureServing returns the running lab, started when none answers.
func ensureServing(ctx context.Context, dir state.Dir, cache, bind string, progress debian.Progress) (state.Running, error) {
	running, alive, err := dir.ReadRunning()
	if err != nil {
		return running, err
	}
	if alive {
		moved := bind != "" && bind != running.Bind
		sick := healthy(ctx, dir, running)
		if !moved && sick == nil {
			return running, nil
		}
		if moved {
			progress("moving the lab from %s to %s", running.Bind, bind)
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
		err = errors.New("it ended without a word")
	}
	_ = child.Stop(context.WithoutCancel(ctx), 5*time.Second)
	return fmt.Errorf("starting the lab: %w: see %q", err, dir.Path("serve.log"))
}
