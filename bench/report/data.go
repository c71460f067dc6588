package report

import (
	"slices"
	"strings"

	"dagger/pipeline/bench/record"
)

// data are the rows of a run that succeeded, and the ones that failed.
type data struct{ rows, failed []record.Row }

func newData(rows []record.Row) data {
	var d data
	for _, r := range rows {
		if r.OK {
			d.rows = append(d.rows, r)
		} else {
			d.failed = append(d.failed, r)
		}
	}
	return d
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

// arms are the letters that a scenario has rows of.
func (d data) arms(scenario string) (out []string) {
	for _, a := range strings.Split("ABCDEFefZ", "") {
		if len(d.of(scenario, a, -1)) > 0 {
			out = append(out, a)
		}
	}
	return out
}
