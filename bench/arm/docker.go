package arm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"dagger/pipeline/bench/world"
)

// Debian's paths: another docker on PATH is not the one that was installed.
const dockerd, dockerCLI = "/usr/sbin/dockerd", "/usr/bin/docker"

// docker is a daemon with its own directory but without its own network: containers share the
// machine's, as those of the pipeline do.
type docker struct {
	w   *world.World
	dir string
	cmd *exec.Cmd
}

// installDocker installs Debian's package where the machine has no daemon, without starting a service.
func installDocker(ctx context.Context, w *world.World) error {
	if _, err := os.Stat(dockerd); err == nil {
		return nil
	}
	w.Say("installing docker.io")
	env := append(w.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-y", "-qq", "--no-install-recommends", "docker.io"}} {
		if _, err := (world.Command{Env: env, Args: append([]string{"apt-get"}, args...)}).Run(ctx); err != nil {
			return fmt.Errorf("installing docker.io: %w", err)
		}
	}
	return nil
}

// start runs a daemon in dir and logs it in to the registry.
func startDocker(ctx context.Context, w *world.World, dir string) (*docker, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	d := &docker{w: w, dir: dir}
	d.cmd = exec.Command(dockerd,
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--host", "unix://"+d.socket(), "--pidfile", filepath.Join(dir, "pid"),
		"--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false")
	d.cmd.Env, d.cmd.Stdout, d.cmd.Stderr = w.Environ(), log, log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is the benchmark's to handle
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting dockerd: %w", err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err = d.run(ctx, "version"); err == nil {
			break
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("starting dockerd: %w: see %s", err, log.Name()), d.stop())
		}
	}
	host, _, _ := strings.Cut(w.Base, "/")
	if _, err := d.run(ctx, "login", "--username", w.Lab["REGISTRY_USERNAME"], "--password", w.Lab["REGISTRY_PASSWORD"], host); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

func (d *docker) socket() string { return filepath.Join(d.dir, "sock") }

// run runs one command of the command line.
func (d *docker) run(ctx context.Context, args ...string) (string, error) {
	env := append(d.w.Environ(), "DOCKER_HOST=unix://"+d.socket(), "DOCKER_CONFIG="+d.dir, "DOCKER_BUILDKIT=0")
	return world.Command{Env: env, Args: append([]string{dockerCLI}, args...)}.Run(ctx)
}

// all runs one command after another.
func (d *docker) all(ctx context.Context, commands [][]string) error {
	for _, args := range commands {
		if _, err := d.run(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// stop ends the daemon; what it keeps stays.
func (d *docker) stop() error {
	if d == nil || d.cmd == nil {
		return nil
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	ended := time.AfterFunc(30*time.Second, func() { _ = d.cmd.Process.Kill() })
	_ = d.cmd.Wait() // a daemon that was asked to end does so with a code of its own
	ended.Stop()
	d.cmd = nil
	return nil
}

// remove ends the daemon and removes what it keeps.
func (d *docker) remove() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.stop(), clear(d.dir))
}

// clear unmounts everything below a directory, and removes it. It returns only when the disk is done with
// that: the next job would have a new runner with an idle disk.
func clear(dir string) error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	lines := strings.Split(string(mounts), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		fields := strings.Fields(lines[i])
		if len(fields) > 1 && strings.HasPrefix(fields[1], dir+"/") {
			if err := syscall.Unmount(fields[1], syscall.MNT_DETACH); err != nil {
				return fmt.Errorf("unmounting %q: %w", fields[1], err)
			}
		}
	}
	err = os.RemoveAll(dir)
	syscall.Sync()
	return err
}
