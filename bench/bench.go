package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	random "math/rand/v2"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/world"
)

// bench runs scenarios on arms.
type bench struct {
	world *world.World
	line  string
	// arms are by letter and instance: those that start cold are separate from those that stay warm.
	arms map[string]arm.Arm
	out  *record.Writer
	// pyproject and lock are the example's with one dependency changed.
	pyproject, lock string
	// warm names the arms that have already run a pipeline.
	warm map[string]bool
}

// run is one pipeline to measure.
type run struct {
	scenario scenario
	arm      string
	size     int
	rep      int
}

// runs are all runs in random order. The repetitions of a scenario that has fewer than others are spread among
// those of the others, so that a machine that gets slower or faster does so for all arms, even if a time limit
// ends the benchmark early.
func runs(choose func(s scenario, arm string) (reps int), arms string, seed uint64) (out []run) {
	type placed struct {
		run
		at float64
	}
	var all []placed
	order := random.New(random.NewPCG(seed, seed))
	for _, s := range scenarios {
		for _, a := range s.arms {
			if !strings.ContainsRune(arms, a) {
				continue
			}
			reps := choose(s, string(a))
			for rep := range reps {
				for _, size := range s.sizes {
					all = append(all, placed{run{s, string(a), size, rep + 1}, (float64(rep) + order.Float64()) / float64(reps)})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	for _, p := range all {
		out = append(out, p.run)
	}
	return out
}

// measure makes one run and writes its row. A pipeline that fails is a row too.
func (b *bench) measure(ctx context.Context, r run) error {
	a, err := b.arm(ctx, r.arm, r.scenario.instance)
	if err != nil {
		return err
	}
	project, err := b.prepare(ctx, a, r)
	if err != nil {
		return fmt.Errorf("preparing %q of arm %s: %w", r.scenario.name, r.arm, err)
	}
	row := record.Row{
		Time: time.Now().UTC().Format(time.RFC3339), Arm: r.arm, Scenario: r.scenario.name, Size: r.size, Rep: r.rep, Kept: -1,
		Load: world.Load(), Line: b.line,
	}
	before, err := b.world.Count()
	if err != nil {
		return err
	}
	result, err := a.Pipeline(ctx, project, r.scenario.jobs(r.size))
	after, countErr := b.world.Count()
	if failed := errors.Join(ctx.Err(), countErr); failed != nil {
		return failed
	}
	row.OK = err == nil
	if err != nil {
		row.Note = strings.Join(strings.Fields(err.Error()), " ")
		b.world.Say("failed: %v", err)
	}
	row.Sum, row.Jobs = result.Seconds(), took(result)
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

func took(r arm.Result) string {
	parts := make([]string, len(r.Jobs))
	for i, j := range r.Jobs {
		parts[i] = fmt.Sprintf("%s=%.3f", j.Job, j.Seconds)
	}
	return strings.Join(parts, " ")
}

// prepare brings the arm and the project into the scenario's initial state. None of it is measured.
func (b *bench) prepare(ctx context.Context, a arm.Arm, r run) (*world.Project, error) {
	project, err := b.world.Project(r.arm, example)
	if err != nil {
		return nil, err
	}
	key := r.arm + " " + r.scenario.instance
	switch {
	case r.scenario.cold:
		if err := a.Forget(ctx); err != nil {
			return nil, err
		}
	case !b.warm[key] && r.arm != "A" && r.arm != "C": // these keep nothing that a later pipeline reuses
		b.world.Say("warming arm %s", r.arm)
		jobs := standard(0)
		if r.scenario.instance == "whole" {
			jobs = whole(0)
		}
		if _, err := a.Pipeline(ctx, project, jobs); err != nil {
			return nil, fmt.Errorf("running the earlier pipeline: %w", err)
		}
		b.warm[key] = true
		if err := project.Reset(); err != nil {
			return nil, err
		}
	}
	if r.scenario.change == nil {
		return project, nil
	}
	return project, r.scenario.change(b, project)
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

// unique is a text that was never used before.
func unique() string { return strings.ToLower(rand.Text()) }
