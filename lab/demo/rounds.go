package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
)

// round is the steps under one condition: a column of the table.
type round struct {
	column string
	title  string
	steps  []step
	before func(*demo) error
}

var rounds = []round{
	{"first run", "First run: nothing is built yet", []step{test, pack, plan, deploy}, nil},
	{"after an edit", "After an edit of " + edited, []step{test, pack, plan, deploy, destroy}, (*demo).edit},
	{"unchanged", "The same again: nothing has changed", []step{test, pack, plan, deploy, destroy}, nil},
}

// stepFormat is a line on a step: its name, time, containers and result.
const stepFormat = "  %-15s %8s  %-40s %s"

// result is how long the steps of a round took, by name.
type result struct {
	column string
	took   map[string]time.Duration
}

// rounds runs them all.
func (d *demo) rounds(ctx context.Context) ([]result, error) {
	var out []result
	for _, r := range rounds {
		d.view.heading("%s", r.title)
		d.view.print("%s", d.view.paint("2", fmt.Sprintf(stepFormat, "step", "time", "containers", "result")))
		if r.before != nil {
			if err := r.before(d); err != nil {
				return nil, err
			}
		}
		res := result{r.column, map[string]time.Duration{}}
		for _, s := range r.steps {
			if s.deploys && !d.deploys {
				continue
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

// step runs one call and writes its line.
func (d *demo) step(ctx context.Context, s step) (time.Duration, error) {
	summary := d.path("summary.json")
	if err := os.RemoveAll(summary); err != nil {
		return 0, fmt.Errorf("removing the last summary: %w", err)
	}
	a := d.view.begin(s.name)
	var p progress
	built := false
	note := func(line string) {
		built = built || strings.HasPrefix(line, "building the module ")
		if shown, ok := p.line(line); ok {
			a.note(shown)
		}
	}
	args := append([]string{"call", "--progress", "plain"}, s.args...)
	out, err := d.withEnv(ctx, d.app(), []string{"PIPELINE_SUMMARY=" + summary}, note, filepath.Join(d.checkout, "pipeline"), args...)
	took := a.end()
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(d.log, strings.TrimSpace(out))
	did, err := readSummary(summary)
	if err != nil {
		return 0, err
	}
	said := d.said(s, out, did)
	if built {
		said += " (and compiled the pipeline, once)"
	}
	d.view.print(stepFormat, s.name, seconds(took), did.containers(), said)
	return took, nil
}

// said is what came of a step, in a few words.
func (d *demo) said(s step, out string, did ran) string {
	text := lastLine(out)
	if s.name == pack.name {
		text = "artifact.zip"
		if info, err := os.Stat(filepath.Join(d.app(), text)); err == nil {
			text = fmt.Sprintf("artifact.zip, %d kB", (info.Size()+512)/1024)
		}
	}
	if len(did.work) == 0 {
		text += " (kept: nothing had to run)"
	}
	return text
}
