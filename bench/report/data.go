package report

import (
	"slices"
	"strings"

	"dagger/pipeline/bench/record"
)

// data are the rows of runs that succeeded, all over the same line, and the ones that failed.
type data struct {
	line         string
	rows, failed []record.Row
}

// split are the rows of each line; those of no line are first.
func split(rows []record.Row) []data {
	out := []data{{}}
	for _, r := range rows {
		i := slices.IndexFunc(out, func(d data) bool { return d.line == r.Line })
		if i < 0 {
			i, out = len(out), append(out, data{line: r.Line})
		}
		if d := &out[i]; r.OK {
			d.rows = append(d.rows, r)
		} else {
			d.failed = append(d.failed, r)
		}
	}
	return out
}

// over is what a scenario's name has behind it if there is a line.
func (d data) over() string {
	if d.line == "" {
		return ""
	}
	return ", over " + d.line
}

// of are the rows of a scenario on an arm; size -1 is any.
func (d data) of(scenario, arm string, size int) (out []record.Row) {
	for _, r := range d.rows {
		if r.Scenario == scenario && r.Arm == arm && (size < 0 || r.Size == size) {
			out = append(out, r)
		}
	}
	return out
}

// values are one number of each row.
func values(rows []record.Row, of func(record.Row) float64) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = of(r)
	}
	return out
}

func seconds(r record.Row) float64 { return r.Sum }

// times are the durations of a scenario's pipelines on an arm.
func (d data) times(scenario, arm string, size int) []float64 {
	return values(d.of(scenario, arm, size), seconds)
}

// jobs are the durations of one job of a scenario's pipelines.
func (d data) jobs(scenario, arm, job string) (out []float64) {
	for _, r := range d.of(scenario, arm, -1) {
		if v := r.Job(job); v > 0 {
			out = append(out, v)
		}
	}
	return out
}

// order is the order of the scenarios in the report.
var order = []string{"nothing changed", "source edit", "version bump", "credentials rotated", "dependency changed", "first run", wholeEdit, "jobs"}

// sizes are those that a scenario was measured with, rising.
func (d data) sizes(scenario string) (out []int) {
	for _, r := range d.rows {
		if r.Scenario == scenario && !slices.Contains(out, r.Size) {
			out = append(out, r.Size)
		}
	}
	slices.Sort(out)
	return out
}

// arms are the letters that a scenario has rows of; "" is any.
func (d data) arms(scenario string) (out []string) {
	for _, a := range strings.Split("ABCDGEFefmZ", "") {
		if slices.ContainsFunc(d.rows, func(r record.Row) bool { return r.Arm == a && (scenario == "" || r.Scenario == scenario) }) {
			out = append(out, a)
		}
	}
	return out
}
