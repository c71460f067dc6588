package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interruptible is the context of a call that ends gracefully: the first SIGINT
// or SIGTERM asks the running commands to stop, which gives terraform time to
// write its state and release its lock; the second one ends everything at once.
// Until graceful is set there is nothing to wait for, and the first one ends it all.
type interruptible struct {
	context.Context
	graceful atomic.Bool

	signals chan os.Signal
	done    chan struct{}
	first   chan syscall.Signal
	cancel  context.CancelCauseFunc
}

func (a *App) handleSignals(ctx context.Context, s Session) *interruptible {
	i := &interruptible{signals: make(chan os.Signal, 2), done: make(chan struct{}), first: make(chan syscall.Signal, 1)}
	i.Context, i.cancel = context.WithCancelCause(ctx)
	signal.Notify(i.signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(i.first)
		for n := 0; ; n++ {
			select {
			case <-i.done:
				return
			case sig := <-i.signals:
				if n == 0 {
					i.first <- sig.(syscall.Signal)
				}
				if n == 0 && i.graceful.Load() {
					fmt.Fprintln(a.Stderr, "interrupted: waiting for the running command to stop; once more to end it at once")
					s.Interrupt()
					continue
				}
				i.cancel(errors.New("interrupted"))
				s.Kill()
			}
		}
	}()
	return i
}

// stop ends the handling of signals and returns the first one, or 0.
func (i *interruptible) stop() syscall.Signal {
	signal.Stop(i.signals)
	close(i.done)
	sig := <-i.first
	i.cancel(nil)
	return sig
}
