package main

import (
	"strconv"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/world"
)

// example is the project that most scenarios run: 30 installed packages, tests, a package, terraform.
const example = "examples/app"

// scenario is one condition under which the arms run a pipeline.
type scenario struct {
	name string
	// arms are those for which the scenario differs from another.
	arms string
	// slow are the repetitions in a short run of arms that install or pull in each job (A to D), quick those
	// of the others, full those of all arms in a full run.
	slow, quick, full int
	// instance names the instances of the arms that run it: those of one name share what they keep.
	instance string
	// cold makes the arm forget everything first.
	cold bool
	// sizes are the values of the scenario's parameter, for a short and for a full run.
	sizes, fullSizes []int
	// change is what is different from the project as an earlier pipeline saw it.
	change func(b *bench, p *world.Project) error
	// jobs are those of the pipeline; arm.Standard by default.
	jobs func(size int) []arm.Job
	// pipelines is how many run at once; one by default.
	pipelines int
	// rate, in Mbit/s, puts the registry behind a line whose round trip in milliseconds is the size.
	rate int
	// later marks scenarios that are run when all others are done: what a limit of time cuts off.
	later bool
}

var roundTrips = []int{0, 20, 80}

// scenarios are in order of value.
var scenarios = []scenario{
	{name: "nothing changed", arms: "ABCDEeZ", slow: 2, quick: 10, full: 20},
	{name: "source edit", arms: "ABCDEeZ", slow: 2, quick: 10, full: 20, change: edit},
	{name: "credentials rotated", arms: "Ee", quick: 2, full: 10, instance: "whole", jobs: rotated},
	{name: "version bump", arms: "EeZ", quick: 3, full: 10, change: bump},
	{name: "whole pipeline, source edit", arms: "EFef", quick: 3, full: 10, instance: "whole", change: edit, jobs: whole},
	{name: "jobs", arms: "AEeZ", slow: 1, quick: 2, full: 5, sizes: []int{1, 3}, fullSizes: []int{1, 2, 4, 8, 16}, jobs: attempts},
	{name: "first run", arms: "BDE", slow: 1, quick: 1, full: 5, instance: "cold", cold: true},
	{name: "pipeline code changed", arms: "E", quick: 2, full: 5, change: recode},
	{name: "two pipelines at once", arms: "EZ", quick: 2, full: 10, change: edit, pipelines: 2},
	{name: "dependency changed", arms: "ABCEZ", slow: 1, quick: 1, full: 5, change: depend, later: true},
	{name: "registry at 1000 Mbit/s", arms: "CDE", full: 5, sizes: roundTrips, rate: 1000, later: true},
	{name: "registry at 100 Mbit/s", arms: "CDE", full: 5, sizes: roundTrips, rate: 100, later: true},
}

func edit(_ *bench, p *world.Project) error { return p.Edit() }

func bump(_ *bench, p *world.Project) error { return p.Bump() }

func depend(b *bench, p *world.Project) error { return p.Depend(b.pyproject, b.lock) }

func recode(b *bench, _ *world.Project) error { return b.world.Recode() }

func rotated(int) []arm.Job {
	return []arm.Job{{Name: "test", Rotated: true}, {Name: "package", Rotated: true}, {Name: "plan", Rotated: true}}
}

// attempts are so many jobs that each run the tests for real.
func attempts(size int) []arm.Job {
	jobs := make([]arm.Job, size)
	for i := range jobs {
		jobs[i] = arm.Job{Name: "test", Attempt: unique() + "-" + strconv.Itoa(i)}
	}
	return jobs
}

// whole is everything that a merge request needs.
func whole(int) []arm.Job {
	return []arm.Job{arm.Test, arm.Package, {Name: "publish"}, arm.Plan, {Name: "deploy"}}
}

func (s scenario) jobsOf(size int) []arm.Job {
	if s.jobs != nil {
		return s.jobs(size)
	}
	return arm.Standard
}
