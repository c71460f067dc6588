package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
)

// gate is one thing that the pipeline has to show, which the page lists. Its conditions were written before the first run.
type gate struct {
	id, text string
	// refuted says which result would show the opposite.
	refuted string
	judge   func(d data) verdict
}

// verdict is what the data say of a gate.
type verdict struct {
	known bool
	value float64
	// interval is of 95 per cent; it is not known for counts and slopes.
	interval *stat.Interval
	limit    float64
	// least turns the limit from the highest into the lowest value allowed.
	least bool
	unit  string
	// few is set where a side of the comparison has fewer than enough runs.
	few bool
}

// most stands for a ratio to nothing.
const most = 1e6

// enough runs make an interval of the median mean something.
const enough = 5

func (v verdict) met() bool { return v.known && v.within(v.value) }

// certain tells whether the whole interval is on the value's side of the limit.
func (v verdict) certain() bool {
	return v.interval == nil || v.within(v.interval.Low) == v.met() && v.within(v.interval.High) == v.met()
}

func (v verdict) within(x float64) bool {
	if v.least {
		return x >= v.limit
	}
	return x <= v.limit
}

// word is how the gate is marked.
func (v verdict) word() string {
	switch {
	case !v.known:
		return "not measured"
	case v.few && v.met():
		return "met, in too few runs to be sure"
	case v.few:
		return "missed, in too few runs to be sure"
	case v.met() && v.certain():
		return "**met**"
	case v.met():
		return "**met**, within the noise"
	case v.certain():
		return "**missed**"
	}
	return "**missed**, within the noise"
}

func (v verdict) measured() string {
	if !v.known {
		return ""
	}
	if v.value >= most {
		return "the kept engine adds nothing that can be measured"
	}
	out := fmt.Sprintf("%.3g%s", v.value, v.unit)
	if v.interval != nil && !v.few {
		out += fmt.Sprintf(" (%.3g to %.3g)", v.interval.Low, v.interval.High)
	}
	return out
}

const overInterval = "the median is beyond the limit; beyond doubt where the whole 95 % interval is"

const wholeEdit = "whole pipeline, source edit"

var gates = []gate{
	{"unchanged-a", "Kept engine, nothing changed: at most 1/20 of the time of installing in each job", overInterval, func(d data) verdict {
		return ratio(d.times("nothing changed", "E", -1), d.times("nothing changed", "A", -1), 1.0/20, false)
	}},
	{"unchanged-call", "Kept engine, nothing changed: at most 0.5 s for each call (no command has to run, so the floor is 0)", overInterval, func(d data) verdict {
		return slowest(0.5, d.jobs("nothing changed", "E", "test"), d.jobs("nothing changed", "E", "package"))
	}},
	{"edit-z", "Kept engine, source edit: test and package in at most 1.25 x the bare commands", overInterval, func(d data) verdict {
		return ratio(d.times("source edit", "E", -1), d.times("source edit", "Z", -1), 1.25, false)
	}},
	{"edit-a", "Kept engine, source edit: at least 4 x faster than installing in each job", overInterval, func(d data) verdict {
		return ratio(d.times("source edit", "A", -1), d.times("source edit", "E", -1), 4, true)
	}},
	{"edit-c", "Kept engine, source edit: at least 2 x faster than an image in each pipeline", overInterval, func(d data) verdict {
		return ratio(d.times("source edit", "C", -1), d.times("source edit", "E", -1), 2, true)
	}},
	{"empty-a", "Empty engine, nothing changed: at most half the time of installing in each job", overInterval, func(d data) verdict {
		return ratio(d.times("nothing changed", "D", -1), d.times("nothing changed", "A", -1), 0.5, false)
	}},
	{"empty-c", "Empty engine, nothing changed: at most 0.8 x an image in each pipeline", overInterval, func(d data) verdict {
		return ratio(d.times("nothing changed", "D", -1), d.times("nothing changed", "C", -1), 0.8, false)
	}},
	{"empty-c-jobs", "The same against its other jobs alone, as if the image were there: at most 0.8 x", overInterval, func(d data) verdict {
		without := values(d.of("nothing changed", "C", -1), func(r record.Row) float64 {
			build, _ := r.Job("build")
			return r.Sum - build
		})
		return ratio(d.times("nothing changed", "D", -1), without, 0.8, false)
	}},
	{"slope-e", "One job more on a kept engine: at most 0.3 s over the job's own command", "the difference of the slopes over the number of jobs is above 0.3 s", func(d data) verdict {
		over, ok := d.over("E")
		return verdict{known: ok, value: over, limit: 0.3, unit: " s"}
	}},
	{"slope-a", "One job more that installs: at least 10 times that, over the job's own command", "the ratio of what A and E add to the command is below 10", func(d data) verdict {
		a, okA := d.over("A")
		e, okE := d.over("E")
		if e <= 0 { // the kept engine adds nothing that can be measured
			e = math.SmallestNonzeroFloat32
		}
		return verdict{known: okA && okE, value: min(a/e, most), limit: 10, least: true, unit: " x"}
	}},
	{"one-call", "One call, the whole pipeline after an edit: faster than the sum of the single calls", overInterval, func(d data) verdict {
		return ratio(d.times(wholeEdit, "F", -1), d.times(wholeEdit, "E", -1), 1, false)
	}},
	{"overlap", "One call: parts overlap, so that their own times add up to more than the call's", "the sum is not above the call's time", func(d data) verdict {
		var sums, calls []float64
		for _, r := range d.of(wholeEdit, "F", -1) {
			sums, calls = append(sums, sum(r.Note)), append(calls, r.Sum)
		}
		return ratio(sums, calls, 1, true)
	}},
	{"credentials", "Credentials rotated: 0 commands that build a container", "any run has one", func(d data) verdict {
		return built(d.of("credentials rotated", "E", -1))
	}},
	{"version", "Version bumped: 0 commands that build a container", "any run has one", func(d data) verdict {
		return built(d.of("version bump", "E", -1))
	}},
}

func ratio(over, under []float64, limit float64, least bool) verdict {
	if len(over) == 0 || len(under) == 0 {
		return verdict{}
	}
	i := stat.RatioInterval(over, under)
	return verdict{known: true, value: stat.Median(over) / stat.Median(under), interval: &i, limit: limit, least: least, unit: " x", few: min(len(over), len(under)) < enough}
}

// slowest judges the job with the highest median.
func slowest(limit float64, jobs ...[]float64) verdict {
	var out verdict
	for _, times := range jobs {
		if m := stat.Median(times); len(times) > 0 && m > out.value {
			i := stat.MedianInterval(times)
			out = verdict{known: true, value: m, interval: &i, limit: limit, unit: " s", few: len(times) < enough}
		}
	}
	return out
}

func built(rows []record.Row) verdict {
	out := verdict{known: len(rows) > 0}
	for _, r := range rows {
		out.value += float64(r.Built)
	}
	return out
}

// over is what an arm adds to the command of one more job.
func (d data) over(arm string) (float64, bool) {
	own, okZ := d.slope("Z")
	each, ok := d.slope(arm)
	return each - own, ok && okZ
}

// sum adds up the times in a row's note, such as "test=1.2 package=0.8".
func sum(note string) (total float64) {
	for part := range strings.FieldsSeq(note) {
		_, text, _ := strings.Cut(part, "=")
		v, _ := strconv.ParseFloat(text, 64)
		total += v
	}
	return total
}
