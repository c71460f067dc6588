package main

import (
	"context"
	"time"

	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/state"
)

// down stops the lab that serves from the directory; if none does, it says so, and that is not an error.
func down(ctx context.Context, dir state.Dir, progress debian.Progress) error {
	lock, err := state.Lock(dir.Path("up.lock"), func() { progress("waiting for another lab command on %s", dir) })
	if err != nil {
		return err
	}
	defer lock.Close()
	running, alive, err := dir.ReadRunning()
	if err != nil {
		return err
	}
	if err := stop(ctx, dir, running); err != nil {
		return err
	}
	if !alive {
		progress("not running")
		return nil
	}
	progress("stopped")
	return nil
}

// stop ends a serving lab and its moto, both by pid and start time, and returns when they are gone.
func stop(ctx context.Context, dir state.Dir, running state.Running) error {
	for _, p := range []state.Process{running.Process, running.Moto} {
		if err := p.Stop(ctx, 10*time.Second); err != nil {
			return err
		}
	}
	return dir.ClearRunning()
}
