// Overhead measures what the embedded engine adds to a call for which nothing has to run, side by
// side with BuildKit alone and, where it is installed, with Dagger:
//
//	make bench-overhead                     # or, in the top directory:
//	go run -C bench ./overhead -runs 20
//
// The call is `./pipeline call test` on examples/app, against the lab, after one that has run. Both the
// lab and the engine are started when needed and left running. What is compared is whole processes, from
// start to end, in turns: one run of each, again and again. Medians are shown, with the tenth and the
// ninetieth percentile.
//
// The parts of a call are differences between commands that do more and more: the binary that only
// tells its version; the same through the launcher; a call that the module refuses before it asks for
// anything, which loads the module and starts its program; and the whole call.
//
// BuildKit alone solves an unchanged build of the same shape: eight commands, the source of
// examples/app uploaded and copied, one more command.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 4 && os.Args[1] == bareCommand {
		exit(bare(ctx, os.Args[2], os.Args[3]))
	}
	if len(os.Args) > 1 && os.Args[1] == noopCommand {
		return // as a command of the bare build
	}
	runs := flag.Int("runs", 20, "how many times each is measured")
	flag.Parse()
	exit(run(ctx, *runs))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "overhead: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, runs int) error {
	if runs < 1 {
		return fmt.Errorf("reading -runs %d: want 1 or more", runs)
	}
	b, err := prepare(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	times := map[string][]float64{}
	fmt.Fprintf(os.Stderr, "measuring, %d runs of each\n", runs)
	for range runs {
		for _, a := range b.arms {
			took, err := a.once(ctx)
			if err != nil {
				return err
			}
			times[a.name] = append(times[a.name], took)
		}
	}
	fmt.Print(report(times, runs, b.notes))
	return nil
}
