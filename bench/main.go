// Bench measures what reuse saves: the same jobs of the same project, run in several ways.
//
//	go run -C bench . run           a quarter of an hour; results to docs/benchmarks
//	go run -C bench . report        regenerate report and plots from the results
//
// It needs root on Debian, Go and git; docker.io is installed if it is missing. PIPELINE_BENCH_DIR is the
// directory for packages, engines and the lab; default pipeline-bench in the user's cache directory.
//
// Registry, packages and archives are on the machine. To measure runners far from them, whose cache is hosted too:
//
//	go run -C bench . run --add --line 100mbit,20ms --arms ABD --scenarios nothing,source
//
// Three more ways run on the machine's Dagger engine v0.21.8, which `dagger` on PATH finds: e and f are E and F,
// m is minimal/, the least module that runs the same commands in the same image. They run only if they are named:
//
//	go run -C bench . run --add --arms efm --bind ADDRESS:PORT --limit 20m
//
// ADDRESS is an address of this machine that the engine's containers can reach, such as that of their bridge,
// and the engine must be configured to use the registry there without TLS: [registry."ADDRESS:PORT"] with
// http = true in its engine.toml.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/report"
	"dagger/pipeline/bench/world"
)

type options struct {
	arms, scenarios string
	reps, slow      int
	limit           time.Duration
	seed            uint64
	out, bind, line string
	add             bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, args []string) (err error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.StringVar(&o.arms, "arms", "ABCDEFGZ", "arms to run, by letter")
	fs.StringVar(&o.scenarios, "scenarios", "", "only scenarios whose name begins with one of these texts, separated by commas")
	fs.IntVar(&o.reps, "reps", 0, "repetitions of each scenario; 0: its own number")
	fs.IntVar(&o.slow, "slow", 0, "repetitions of arms A to D, which take long; 0: as --reps says")
	fs.DurationVar(&o.limit, "limit", 15*time.Minute, "start no run when this much time has passed; 0: none")
	fs.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "seed of the random order")
	fs.StringVar(&o.out, "out", "../docs/benchmarks", "directory of results and report")
	fs.StringVar(&o.bind, "bind", "127.0.0.1:0", "address of this machine for what containers reach; the port is that of the registry on a Dagger engine")
	fs.StringVar(&o.line, "line", "", "what lies between the runner and registry, packages and archives: a rate and the delay each way, as in 100mbit,20ms")
	fs.BoolVar(&o.add, "add", false, "add to the results that are there")
	if len(args) == 0 {
		return errors.New("no command given: run or report")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	if o.out, err = filepath.Abs(o.out); err != nil {
		return err
	}
	switch args[0] {
	case "run":
		if err := measure(ctx, o, given(args[0], fs)); err != nil {
			return err
		}
		return report.Write(o.out)
	case "report":
		return report.Write(o.out)
	}
	return fmt.Errorf("unknown command %q: run or report", args[0])
}

// given is the command with its flags, but for the place of the results: that is where they are read.
func given(command string, fs *flag.FlagSet) string {
	fs.Visit(func(f *flag.Flag) {
		if f.Name != "out" {
			command += fmt.Sprintf(" --%s=%s", f.Name, f.Value)
		}
	})
	return command
}

// makers make the arms.
var makers = map[string]func(ctx context.Context, w *world.World, dir string) (arm.Arm, error){
	"A": arm.InstallEverything, "B": arm.Archive, "C": arm.ImageInEachPipeline, "D": arm.EmptyEngine, "E": arm.KeptEngine, "F": arm.OneCall, "G": arm.EmptyOneCall, "Z": arm.Bare,
	"e": arm.DaggerKept, "f": arm.DaggerOneCall, "m": arm.DaggerMinimal,
}

func measure(ctx context.Context, o options, command string) (err error) {
	begun := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.0fs  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
	if os.Geteuid() != 0 {
		return errors.New("starting engines: not root: run as root")
	}
	for _, name := range o.arms {
		if makers[string(name)] == nil {
			return fmt.Errorf("reading --arms %q: there is no arm %q: see docs/benchmarks", o.arms, name)
		}
	}
	line, err := world.ParseLine(o.line)
	if err != nil {
		return err
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	w, err := world.New(ctx, filepath.Dir(here), o.bind, line, say)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	b := &bench{world: w, line: o.line, arms: map[string]arm.Arm{}, warm: map[string]bool{}}
	defer func() {
		for _, a := range b.arms {
			err = errors.Join(err, a.Close())
		}
	}()
	if b.pyproject, b.lock, err = w.Changed(ctx, example); err != nil {
		return err
	}
	return b.all(ctx, o, command)
}

// all makes all runs.
func (b *bench) all(ctx context.Context, o options, command string) (err error) {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	open := record.Create
	if o.add {
		open = record.Append
	}
	if b.out, err = open(filepath.Join(o.out, "results.csv")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.out.Close()) }()
	begun := time.Now()
	about, path := b.world.About(ctx, command, o.seed), filepath.Join(o.out, "machine.json")
	if err := about.Write(path, o.add); err != nil {
		return err
	}
	todo := runs(o.choose, o.arms, o.seed)
	b.world.Say("%d runs", len(todo))
	for _, r := range todo {
		if o.limit > 0 && time.Since(begun) > o.limit {
			about.Left++
			continue
		}
		if err := b.measure(ctx, r); err != nil {
			return err
		}
	}
	about.Seconds = time.Since(begun).Seconds()
	return about.Write(path, true)
}

// choose is how often to run a scenario on an arm.
func (o options) choose(s scenario, name string) int {
	reps, given := s.quick, o.reps
	if name < "E" {
		reps = s.slow
		if o.slow > 0 {
			given = o.slow
		}
	}
	chosen := o.scenarios == ""
	for text := range strings.SplitSeq(o.scenarios, ",") {
		chosen = chosen || strings.HasPrefix(s.name, text)
	}
	switch {
	case !chosen || reps == 0:
		return 0
	case given > 0:
		return given
	}
	return reps
}
