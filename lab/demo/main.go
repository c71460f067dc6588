// Demo shows the pipeline at work on a copy of examples/app: tested, packaged, planned, deployed,
// edited and deployed again, on an engine that starts with an empty cache. Then it does the same again without a
// change, and once more as another runner, which destroys what was deployed. It ends with a table of the times.
//
//	make demo
//
// It starts its own lab and engine and stops both at the end, even after Ctrl-C. Nothing in
// the checkout is changed.
//
//	DEMO_DIR   directory of the demo; default pipeline-demo in the user's cache directory
//	DEMO_KEEP  1: leave lab, engine and the copy of the project as they are
//	NO_COLOR   1: no colours; there are none either if the output is not a terminal
//
// The lab's own variables (see go doc ./lab) apply here too; LAB_DIR is set by the demo.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, newView(os.Stdout)); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
		if ctx.Err() != nil {
			os.Exit(130)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, v *view) (err error) {
	d, err := openDemo(v)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close(ctx)) }()
	if err := d.setUp(ctx); err != nil {
		return d.explain(ctx, err)
	}
	results, err := d.rounds(ctx)
	if err != nil {
		return d.explain(ctx, err)
	}
	v.print("")
	v.print("%s", table(results))
	d.next()
	return nil
}

// explain shows the end of a failed command's output; the log has all of it.
func (d *demo) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	var failed *failure
	if errors.As(err, &failed) {
		d.view.print("")
		d.view.print("The last lines of %q:", failed.command)
		for _, line := range failed.tail {
			d.view.print("  | %s", line)
		}
		d.view.print("")
	}
	return fmt.Errorf("%w (all output is in %s)", err, d.logPath())
}
