package report

import (
	"fmt"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
)

// comparison compares the times of one way of running a pipeline with those of another.
type comparison struct {
	text        string
	over, under func(d data) []float64
}

const wholeEdit = "whole pipeline, source edit"

var comparisons = []comparison{
	{"Nothing changed: kept engine, against installing in each job", times("nothing changed", "E"), times("nothing changed", "A")},
	{"Nothing changed: empty engine, against installing in each job", times("nothing changed", "D"), times("nothing changed", "A")},
	{"Nothing changed: empty engine, against an image in each pipeline", times("nothing changed", "D"), times("nothing changed", "C")},
	{"The same, against the jobs after the one that builds the image", times("nothing changed", "D"), func(d data) []float64 {
		return values(d.of("nothing changed", "C", -1), func(r record.Row) float64 { return r.Sum - r.Job("build") })
	}},
	{"Source edit: kept engine, against the bare commands", times("source edit", "E"), times("source edit", "Z")},
	{"Source edit: installing in each job, against the kept engine", times("source edit", "A"), times("source edit", "E")},
	{"Source edit: an image in each pipeline, against the kept engine", times("source edit", "C"), times("source edit", "E")},
	{"Whole pipeline after an edit, empty engines: one call, against a call for each job", times(wholeEdit, "G"), times(wholeEdit, "D")},
	{"Whole pipeline after an edit: one call, against a call for each job", times(wholeEdit, "F"), times(wholeEdit, "E")},
	{"On Dagger, nothing changed: kept engine, against a minimal module", times("nothing changed", "e"), times("nothing changed", "m")},
	{"On Dagger, source edit: kept engine, against a minimal module", times("source edit", "e"), times("source edit", "m")},
}

func times(scenario, arm string) func(d data) []float64 {
	return func(d data) []float64 { return d.times(scenario, arm, -1) }
}

// enough runs make an interval of the median mean something.
const enough = 5

// measured is the ratio of the medians, with its interval where enough runs were made.
func (c comparison) measured(d data) string {
	over, under := c.over(d), c.under(d)
	if len(over) == 0 || len(under) == 0 {
		return "not measured"
	}
	out := fmt.Sprintf("%.3g x", stat.Median(over)/stat.Median(under))
	if min(len(over), len(under)) < enough {
		return out + ", in too few runs to be sure"
	}
	i := stat.RatioInterval(over, under)
	return fmt.Sprintf("%s (%.3g to %.3g)", out, i.Low, i.High)
}
