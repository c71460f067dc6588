package main

import (
	"context"
	"fmt"
	"time"
)

const environment = "mr-1"

// step is one call of the pipeline.
type step struct {
	name    string
	args    []string
	deploys bool // it needs terraform
}

var (
	test    = step{name: "test", args: []string{"test"}}
	pack    = step{name: "build-package", args: []string{"build-package", "-o", "artifact.zip"}}
	plan    = step{name: "plan", args: []string{"plan", "--environment", environment}, deploys: true}
	deploy  = step{name: "deploy", args: []string{"deploy", "--environment", environment}, deploys: true}
	destroy = step{name: "destroy", args: []string{"destroy", "--environment", environment}, deploys: true}
	publish = step{name: "publish-images", args: []string{"publish-images", "--tag", environment}, deploys: true}
)

// round is the steps under one condition: a column of the table.
type round struct {
	column string
	title  string
	before func(*demo, context.Context) error // makes the condition; may be nil
	steps  []step
}

const otherRunner = "other runner"

var rounds = []round{
	{"first run", "First run: nothing is built yet", nil, []step{test, pack, plan, deploy}},
	{"after an edit", "After an edit of " + edited, (*demo).edit, []step{test, pack, plan, deploy}},
	{"unchanged", "The same again: nothing has changed", nil, []step{test, pack, plan}},
	{otherRunner, "Another runner: its engine is empty, but the images are in the registry", (*demo).move, []step{test, pack, plan, destroy}},
}

// result is how long the steps of a round took, by name.
type result struct {
	column string
	took   map[string]time.Duration
}

// rounds runs all rounds.
func (d *demo) rounds(ctx context.Context) ([]result, error) {
	ready := func() error { return nil }
	if d.deploys {
		building, cancel := context.WithCancel(ctx)
		ready = d.finishLab(building)
		defer func() {
			cancel()
			_ = ready() // it has been waited for where its error counts
		}()
	}
	var out []result
	for _, r := range rounds {
		if r.column == otherRunner && !d.deploys {
			continue // both images are published, and the terraform image cannot be built
		}
		d.view.heading("%s", r.title)
		d.view.print("%s", d.view.paint("2", fmt.Sprintf(stepFormat, "step", "time", "containers", "result")))
		if r.before != nil {
			if err := r.before(d, ctx); err != nil {
				return nil, err
			}
		}
		res := result{r.column, map[string]time.Duration{}}
		for _, s := range r.steps {
			if s.deploys && !d.deploys {
				continue
			}
			if s.deploys {
				if err := ready(); err != nil {
					return nil, err
				}
			}
			took, err := d.step(ctx, s)
			if err != nil {
				return nil, err
			}
			res.took[s.name] = took
		}
		out = append(out, res)
	}
	return out, nil
}

// move turns this machine into a runner that has built nothing: what was built is pushed to the registry, and the
// engine's cache is emptied.
func (d *demo) move(ctx context.Context) error {
	if _, err := d.step(ctx, publish); err != nil {
		return err
	}
	a := d.view.begin("engine")
	a.note("emptying its cache")
	_, err := d.command(ctx, d.checkout, a.note, "./pipeline", "engine", "prune", "--all")
	a.end()
	return err
}
