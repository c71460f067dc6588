package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/world"
)

// bench runs scenarios on arms.
type bench struct {
	world *world.World
	// arms are by letter and instance: those that start cold are others than those that stay warm.
	arms  map[string]arm.Arm
	names string
	out   *record.Writer
	// pyproject and lock are the example's with one dependency changed.
	pyproject, lock string
	// warm names what an arm has run already, so that its state is the one after an earlier pipeline.
	warm map[string]bool
}

// run is one pipeline to measure.
type run struct {
	scenario scenario
	arm      string
	size     int
	rep      int
}

// runs are all runs in the order in which they are to be made: in rounds, each in random order. The
// repetitions of a scenario that has fewer than others are spread over the rounds, so that a machine that
// grows slower or faster does so for all arms, also where a limit of time ends it all early.
func runs(choose func(s scenario, arm string) (reps int, sizes []int), arms string, seed uint64) (out []run) {
	random := rand.New(rand.NewPCG(seed, seed))
	for _, later := range []bool{false, true} {
		type placed struct {
			run
			at float64
		}
		var all []placed
		for _, s := range scenarios {
			for _, a := range s.arms {
				reps, sizes := choose(s, string(a))
				if s.later != later || !strings.ContainsRune(arms, a) {
					continue
				}
				if len(sizes) == 0 {
					sizes = []int{0}
				}
				for rep := range reps {
					for _, size := range sizes {
						all = append(all, placed{run{s, string(a), size, rep + 1}, (float64(rep) + random.Float64()) / float64(reps)})
					}
				}
			}
		}
		slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
		for _, p := range all {
			out = append(out, p.run)
		}
	}
	return out
}

// measure makes one run and writes its row. A pipeline that fails is a row too.
func (b *bench) measure(ctx context.Context, r run) error {
	a, err := b.arm(ctx, r.arm, r.scenario.instance)
	if err != nil {
		return err
	}
	projects, err := b.prepare(ctx, a, r)
	if err != nil {
		return fmt.Errorf("preparing %q of arm %s: %w", r.scenario.name, r.arm, err)
	}
	row := record.Row{
		Time: time.Now().UTC().Format(time.RFC3339), Arm: r.arm, Scenario: r.scenario.name, Size: r.size, Rep: r.rep, Kept: -1,
		Load: world.Load(), Free: b.world.Free(),
	}
	fast, err := b.slow(ctx, r)
	if err != nil {
		return err
	}
	before, err := b.world.Count()
	if err != nil {
		return err
	}
	result, err := b.pipelines(ctx, a, r, projects)
	after, countErr := b.world.Count()
	if failed := errors.Join(ctx.Err(), countErr, fast()); failed != nil {
		return failed
	}
	row.OK = err == nil
	if !row.OK {
		row.Note = strings.Join(strings.Fields(err.Error()), " ")
		b.world.Say("failed: %v", err)
	}
	if row.OK {
		row.Note = result.Note
	}
	row.Sum, row.Engine, row.Jobs = result.Seconds(), result.Engine, took(result)
	row.CPU, row.Up, row.Down, row.Index = after.CPU-before.CPU, after.Up-before.Up, after.Down-before.Down, after.Index-before.Index
	row.Ran, row.Reused, row.Built = result.Ran, result.Reused, result.Built
	if r.rep == 1 {
		if row.Kept, err = a.Kept(ctx); err != nil {
			row.Kept = -1
		}
	}
	b.world.Say("%-24s %3d  %s  %7.2f s  %s", r.scenario.name, r.size, r.arm, row.Sum, row.Jobs)
	return b.out.Write(row)
}

// prepare brings the arm and the projects to where the scenario starts. None of it is measured.
func (b *bench) prepare(ctx context.Context, a arm.Arm, r run) ([]*world.Project, error) {
	count := max(1, r.scenario.pipelines)
	projects := make([]*world.Project, count)
	for i := range projects {
		var err error
		if projects[i], err = b.world.Project(fmt.Sprintf("%s-%d", r.arm, i), example); err != nil {
			return nil, err
		}
	}
	key := r.arm + " " + r.scenario.instance
	if r.scenario.cold {
		if err := a.Forget(ctx); err != nil {
			return nil, err
		}
	} else if !b.warm[key] && !keepsNothing(r.arm) {
		jobs := arm.Standard
		if r.scenario.instance == "whole" {
			jobs = whole(0)
		}
		b.world.Say("warming arm %s", r.arm)
		if _, err := a.Pipeline(ctx, projects[0], jobs); err != nil {
			return nil, fmt.Errorf("running the earlier pipeline: %w", err)
		}
		for _, p := range projects {
			if err := p.Reset(); err != nil {
				return nil, err
			}
		}
	}
	b.warm[key] = b.warm[key] || !r.scenario.cold
	if r.scenario.change != nil {
		for _, p := range projects {
			if err := r.scenario.change(b, p); err != nil {
				return nil, err
			}
		}
	}
	return projects, nil
}

// slow puts the registry behind the run's line, where it has one, until fast is called.
func (b *bench) slow(ctx context.Context, r run) (fast func() error, err error) {
	if r.scenario.rate == 0 {
		return func() error { return nil }, nil
	}
	return b.world.Slow(ctx, world.Line{RoundTrip: time.Duration(r.size) * time.Millisecond, Rate: r.scenario.rate})
}

// arm is the instance of an arm, made when it is first asked for.
func (b *bench) arm(ctx context.Context, name, instance string) (arm.Arm, error) {
	dir := name
	if instance != "" {
		dir += "-" + instance
	}
	if a := b.arms[dir]; a != nil {
		return a, nil
	}
	b.world.Say("preparing arm %s: %s", dir, arm.Titles[name])
	a, err := makers[name](ctx, b.world, dir)
	if err != nil {
		return nil, fmt.Errorf("preparing arm %s: %w", dir, err)
	}
	b.arms[dir] = a
	return a, nil
}

// pipelines runs the pipeline on all projects at once.
func (b *bench) pipelines(ctx context.Context, a arm.Arm, r run, projects []*world.Project) (arm.Result, error) {
	jobs := r.scenario.jobsOf(r.size)
	if len(projects) == 1 {
		return a.Pipeline(ctx, projects[0], jobs)
	}
	start := time.Now()
	var wait sync.WaitGroup
	results, errs := make([]arm.Result, len(projects)), make([]error, len(projects))
	for i, p := range projects {
		wait.Go(func() { results[i], errs[i] = a.Pipeline(ctx, p, jobs) })
	}
	wait.Wait()
	var total arm.Result
	for _, one := range results {
		total.Add(one)
	}
	total.Jobs = []arm.Took{{Job: "all", Seconds: time.Since(start).Seconds()}}
	return total, errors.Join(errs...)
}
