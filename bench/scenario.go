package main

import (
	"strconv"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/world"
)

// example is the project that all scenarios run: 30 installed packages, tests, a package, terraform.
const example = "examples/app"

// scenario is one condition under which the arms run a pipeline.
type scenario struct {
	name string
	// arms are those for which the scenario differs from another.
	arms string
	// slow are the repetitions of arms that install or pull in each job (A to D), quick those of the others.
	slow, quick int
	// instance names the instances of the arms that run it: those of one name share what they keep.
	instance string
	// cold makes the arm forget everything first.
	cold bool
	// sizes are the values of the scenario's parameter.
	sizes []int
	// change is what is different from the project as an earlier pipeline saw it.
	change func(b *bench, p *world.Project) error
	// jobs are those of the pipeline.
	jobs func(size int) []arm.Job
}

var single = []int{0}

// scenarios are in order of value.
var scenarios = []scenario{
	{name: "nothing changed", arms: "ABCDEemZ", slow: 2, quick: 10, sizes: single, jobs: standard},
	{name: "source edit", arms: "ABCDEemZ", slow: 2, quick: 10, sizes: single, jobs: standard, change: edit},
	{name: "credentials rotated", arms: "Ee", quick: 2, sizes: single, jobs: rotated, instance: "whole"},
	{name: "version bump", arms: "EeZ", quick: 3, sizes: single, jobs: standard, change: bump},
	{name: "whole pipeline, source edit", arms: "DEFGefZ", slow: 1, quick: 3, sizes: single, jobs: whole, instance: "whole", change: edit},
	{name: "jobs", arms: "AEeZ", slow: 1, quick: 2, sizes: []int{1, 3}, jobs: attempts},
	{name: "first run", arms: "BDE", slow: 1, quick: 1, sizes: single, jobs: standard, instance: "cold", cold: true},
	{name: "dependency changed", arms: "ABCEZ", slow: 1, quick: 1, sizes: single, jobs: standard, change: depend},
}

func edit(_ *bench, p *world.Project) error { return p.Edit() }

func bump(_ *bench, p *world.Project) error { return p.Bump() }

func depend(b *bench, p *world.Project) error { return p.Depend(b.pyproject, b.lock) }

func standard(int) []arm.Job { return []arm.Job{{Name: "test"}, {Name: "package"}} }

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
	return append(standard(0), arm.Job{Name: "publish"}, arm.Job{Name: "plan"}, arm.Job{Name: "deploy"})
}
