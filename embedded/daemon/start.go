package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/moby/buildkit/client"
	"golang.org/x/sys/unix"

	"dagger/pipeline/embedded/files"
)

// startTimeout bounds a start, from the process to its first answer. A state of
// many gigabytes is read within seconds.
const startTimeout = 60 * time.Second

// start runs buildkitd detached and waits for its first answer. The caller holds the lock.
func start(ctx context.Context, d dirs, n Network, progress io.Writer) error {
	if err := private(d.state, "PIPELINE_STATE_DIR"); err != nil {
		return err
	}
	src, err := findSource()
	if err != nil {
		return err
	}
	runc, err := findRunc(ctx, src)
	if err != nil {
		return err
	}
	unshare := lookIn(append(pathList(), "/usr/bin", "/bin"), "unshare")
	if unshare == "" {
		return errors.New("no unshare on PATH: apt-get install util-linux")
	}
	engine, err := binaries(ctx, d, src, progress)
	if err != nil {
		return err
	}
	if err := clean(ctx, d, runc); err != nil {
		return err
	}
	if err := inMemory(d, progress); err != nil {
		return err
	}
	if err := os.MkdirAll(d.temp(), 0o700); err != nil {
		return fmt.Errorf("starting buildkitd: making %q: %w: %s", d.temp(), cause(err), hint(err.Error(), d))
	}
	if err := writePlugins(d, engine); err != nil {
		return fmt.Errorf("starting buildkitd: %w: %s", err, hint(err.Error(), d))
	}
	lazy, err := lazily(d, progress)
	if err != nil {
		return err
	}
	if err := configure(d, n, lazy); err != nil {
		return err
	}
	log, err := openLog(d.log())
	if err != nil {
		return err
	}
	defer log.Close()

	cmd := exec.Command(unshare, append([]string{"--mount", "--propagation", "slave", "--"}, daemonCommand(d, n, engine)...)...)
	cmd.Dir = "/" // pins no directory of the caller's
	cmd.Env = daemonEnv(os.Environ(), d.temp(), runc)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := keepDescriptors(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting buildkitd: %w", err)
	}
	exited := make(chan struct{})
	go func() {
		cmd.Wait() // so that it leaves no zombie while this process lives
		close(exited)
	}()
	err = register(cmd.Process.Pid, d, n)
	if err == nil {
		err = ready(ctx, d, exited)
	}
	if err != nil {
		cmd.Process.Kill()
		<-exited
		os.Remove(d.record())
		return err
	}
	return warnOfCopies(ctx, d, progress)
}

// keepDescriptors keeps the daemon from inheriting the descriptors that this process
// inherited from its caller, perhaps a lock or a pipe.
func keepDescriptors() error {
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("starting buildkitd: keeping descriptors from it: %w", err)
	}
	return nil
}

// warnOfCopies says so when layers cannot be stacked on the state's file system.
func warnOfCopies(ctx context.Context, d dirs, progress io.Writer) error {
	c, err := client.New(ctx, d.address())
	if err != nil {
		return fmt.Errorf("connecting to buildkitd at %q: %w", d.address(), err)
	}
	defer c.Close()
	name, err := snapshotter(ctx, c)
	if err == nil && name == "native" {
		fmt.Fprintf(progress, "overlayfs cannot be used on %q: layers are copied, which is slow: set PIPELINE_STATE_DIR to another file system\n", d.state)
	}
	return err
}

// daemonCommand starts buildkitd, under the program that gives its containers a network.
func daemonCommand(d dirs, n Network, engine string) []string {
	bin := filepath.Join(engine, "buildkitd")
	if n == Host {
		return []string{bin, "--config", d.config()}
	}
	return []string{filepath.Join(engine, "uplink"), "-netns", d.netns(), "-daemon", bin, "-config", d.config()}
}

func register(pid int, d dirs, n Network) error {
	p, err := identify(pid)
	if err != nil {
		return startFailure(d) // it has ended already
	}
	p.Network = n
	return p.write(d.record())
}

// ready waits for the first answer.
func ready(ctx context.Context, d dirs, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no answer in %s", startTimeout))
	defer cancel()
	err := poll(ctx, func() (bool, error) {
		select {
		case <-exited:
			return false, startFailure(d)
		default:
			return answers(ctx, d.address(), answerTimeout) == nil, nil
		}
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("starting buildkitd: %w: see %s", context.Cause(ctx), d.log())
	}
	return err
}

func configure(d dirs, n Network, lazy bool) error {
	c, err := newConfig(d, n, lazy)
	if err != nil {
		return err
	}
	data, err := c.render()
	if err == nil {
		err = files.Write(d.config(), data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", d.config(), cause(err))
	}
	return writeCNI(d)
}

// openLog starts a new log and keeps the one before it as NAME.old.
func openLog(name string) (*os.File, error) {
	if err := os.Rename(name, name+".old"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("keeping the last log: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening log %q: %w", name, cause(err))
	}
	return f, nil
}

// passedOn are the caller's variables that the daemon sees: how to reach a
// registry, but nothing that may be a secret.
var passedOn = []string{
	"PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
}

func daemonEnv(env []string, temp, runc string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return !slices.Contains(passedOn, name)
	})
	return append(out,
		"TMPDIR="+temp,
		"PIPELINE_RUNC="+runc,            // which confine becomes
		"BUILDKIT_STEP_LOG_MAX_SIZE=-1",  // a step's output is never clipped,
		"BUILDKIT_STEP_LOG_MAX_SPEED=-1", // however much and however fast
	)
}
