package daemon

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/moby/buildkit/client"
)

// pruneAge is how long an unused record survives a prune without --all.
const pruneAge = 7 * 24 * time.Hour

// Info describes the daemon.
type Info struct {
	Running     bool
	PID         int    // 0 when BUILDKIT_HOST is set or nothing runs
	Version     string // buildkit's, such as v0.34.2
	Address     string
	Snapshotter string // overlayfs, fuse-overlayfs or native
	Log         string // path of the daemon's log; empty when BUILDKIT_HOST is set
	State       string // buildkitd's root; empty when BUILDKIT_HOST is set
	CacheSize   int64  // bytes
	Records     int    // cache records
}

// Status describes the daemon without starting one.
func Status(ctx context.Context) (Info, error) {
	var info Info
	timeout := answerTimeout
	if info.Address = os.Getenv("BUILDKIT_HOST"); info.Address != "" {
		timeout = hostTimeout
	} else {
		d, err := environment()
		if err != nil {
			return info, err
		}
		p, err := readProcess(d.record())
		if err != nil {
			return info, fmt.Errorf("%w: run as root", err)
		}
		info.Address, info.Log, info.State = d.address(), d.log(), d.state
		if !p.alive() {
			return info, nil
		}
		info.PID = p.PID
	}
	if err := answers(ctx, info.Address, timeout); err != nil {
		return info, fmt.Errorf("asking buildkitd at %q: %w", info.Address, err)
	}
	info.Running = true
	return info, info.ask(ctx)
}

func (i *Info) ask(ctx context.Context) error {
	c, err := client.New(ctx, i.Address)
	if err != nil {
		return fmt.Errorf("connecting to buildkitd at %q: %w", i.Address, err)
	}
	defer c.Close()
	about, err := c.Info(ctx)
	if err != nil {
		return fmt.Errorf("asking buildkitd at %q: %w", i.Address, lastCause(err))
	}
	i.Version = about.BuildkitVersion.Version
	if i.Snapshotter, err = snapshotter(ctx, c); err != nil {
		return err
	}
	usage, err := c.DiskUsage(ctx)
	if err != nil {
		return fmt.Errorf("asking buildkitd at %q for its disk usage: %w", i.Address, lastCause(err))
	}
	i.Records = len(usage)
	for _, u := range usage {
		i.CacheSize += u.Size
	}
	return nil
}

// snapshotter names the daemon's first worker's way of keeping layers.
func snapshotter(ctx context.Context, c *client.Client) (string, error) {
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return "", fmt.Errorf("asking buildkitd for its workers: %w", lastCause(err))
	}
	if len(workers) == 0 {
		return "", nil
	}
	return workers[0].Labels["org.mobyproject.buildkit.worker.snapshotter"], nil
}

// Prune removes cache records that nothing uses, starting the daemon when needed,
// and returns the bytes freed. Without all it keeps records used in the last week.
func Prune(ctx context.Context, all bool) (freed int64, err error) {
	addr, err := Connect(ctx, io.Discard)
	if err != nil {
		return 0, err
	}
	c, err := client.New(ctx, addr)
	if err != nil {
		return 0, fmt.Errorf("connecting to buildkitd at %q: %w", addr, err)
	}
	defer c.Close()
	option := client.PruneOption(client.WithKeepOpt(pruneAge, 0, 0, 0))
	if all {
		option = client.PruneAll
	}
	removed := make(chan client.UsageInfo)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for u := range removed {
			freed += u.Size
		}
	}()
	err = c.Prune(ctx, removed, option)
	close(removed)
	<-done
	if err != nil {
		return freed, fmt.Errorf("pruning the cache of buildkitd at %q: %w", addr, lastCause(err))
	}
	return freed, nil
}
