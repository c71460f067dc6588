package report

import (
	"fmt"
	"math"

	fit "gonum.org/v1/gonum/stat"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
)

// cost is how long an arm takes for a pipeline of n jobs: a fixed part, and a part for each job. The job is
// the tests of the example.
type cost struct {
	arm         string
	fixed, each float64
}

func (c cost) of(n float64) float64 { return c.fixed + n*c.each }

// costs are the costs of the arms that have enough measurements.
func (d data) costs() (out []cost) {
	for _, c := range []struct {
		arm   string
		fixed func(each float64) float64
	}{
		{"A", func(float64) float64 { return 0 }},
		{"B", func(each float64) float64 { return stat.Median(d.jobs("first run", "B", "test")) - each }},
		{"C", func(float64) float64 { return stat.Median(d.jobs("nothing changed", "C", "build")) }},
		{"D", func(float64) float64 { return stat.Median(d.jobs("first run", "D", "publish")) }},
		{"E", func(each float64) float64 { return stat.Median(d.jobs("first run", "E", "test")) - each }},
	} {
		each := d.each(c.arm)
		if fixed := c.fixed(each); !math.IsNaN(fixed + each) {
			out = append(out, cost{c.arm, max(fixed, 0), each})
		}
	}
	return out
}

// each is what one more job that runs the tests takes: the slope over the number of jobs where that was
// measured, else the time of the job after an edit.
func (d data) each(arm string) float64 {
	if s, ok := d.slope(arm); ok {
		return s
	}
	return stat.Median(d.jobs("source edit", arm, "test"))
}

func (d data) slope(arm string) (float64, bool) {
	rows := d.of("jobs", arm, -1)
	if len(d.sizes("jobs")) < 2 || len(rows) < 2 {
		return 0, false
	}
	x := values(rows, func(r record.Row) float64 { return float64(r.Size) })
	_, slope := fit.LinearRegression(x, values(rows, seconds), nil, false)
	return slope, true
}

// breakEven is the number of jobs above which an arm takes less than A, as a real number; infinite if
// it never does.
func breakEven(a, c cost) float64 {
	if c.each >= a.each {
		return math.Inf(1)
	}
	return (c.fixed - a.fixed) / (a.each - c.each)
}

// kept is what an arm keeps from run to run for the tests and the package of the example, in bytes.
func (d data) kept(arm string) float64 {
	for _, r := range append(d.of("first run", arm, -1), d.of("nothing changed", arm, -1)...) {
		if r.Kept > 0 {
			return float64(r.Kept)
		}
	}
	return 0
}

// notPaid are the cases where reuse costs more than it saves.
func notPaid(costs []cost) (out []string) {
	for _, c := range costs {
		if c.arm == "A" {
			continue
		}
		switch n := breakEven(costs[0], c); {
		case math.IsInf(n, 1):
			out = append(out, fmt.Sprintf("%s never pays here: one more job takes %.1f s, installing everything %.1f s.", names[c.arm], c.each, costs[0].each))
		case n >= 2:
			out = append(out, fmt.Sprintf("%s does not pay for %d jobs or fewer that no other pipeline shares the image with.", names[c.arm], int(n)))
		case n >= 1:
			out = append(out, fmt.Sprintf("%s does not pay for a single job that no other pipeline shares the image with.", names[c.arm]))
		}
	}
	return out
}
