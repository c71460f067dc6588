package report

import (
	"fmt"
	"math"
	"strings"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
)

const unchanged, edited = "nothing changed", "source edit"

// promise is a limit that the pipeline keeps, or does not.
type promise struct {
	text, unit string
	limit      float64
	of         func(d data) float64 // NaN: not measured
	// missed is why it is not kept where it is not, and what to try next.
	missed string
}

var promises = []promise{
	{"New runners, nothing changed", "s", 2, median(unchanged, seconds), missedStart},
	{"New runners, nothing changed, moved", "MB", 1, median(unchanged, moved), missedStart},
	{"New runners, nothing changed, against installing everything", "x", 1.0 / 20, against(unchanged, "A"), missedStart},
	{"New runners, source edit, against a cache", "x", 0.6, against(edited, "B"), missedEdit},
	{"New runners, source edit, against installing everything", "x", 0.35, against(edited, "A"), missedEdit},
	{"New runners, source edit, moved by a job", "MB", 60, median(edited, func(r record.Row) float64 { return moved(r) / float64(len(strings.Fields(r.Jobs))) }), missedEdit},
	{"Kept engine, plan, against Terraform alone in a ready directory", "x", 1.15, againstBare("plan"), missedTerraform},
	{"Kept engine, deploy, against Terraform alone in a ready directory", "x", 1.15, againstBare("deploy"), missedTerraform},
}

const (
	missedStart     = "each job starts an engine before it asks for the result, and each question to the registry waits for the one before; next: ask at once, and before the start"
	missedEdit      = "of the app image each job fetches what it reads when it reads it, so that far from the registry it waits a round trip for each part; next: both jobs in one call"
	missedTerraform = "besides Terraform's own work there are two more starts of it, for the backend and to read the plan; next: keep both in one process"
)

func median(scenario string, of func(record.Row) float64) func(data) float64 {
	return func(d data) float64 { return stat.Median(values(d.of(scenario, "D", -1), of)) }
}

func against(scenario, arm string) func(data) float64 {
	return func(d data) float64 {
		return stat.Median(d.times(scenario, "D", -1)) / stat.Median(d.times(scenario, arm, -1))
	}
}

// againstBare is the ratio of a job of Terraform's on a kept engine.
func againstBare(job string) func(data) float64 {
	return func(d data) float64 {
		return stat.Median(d.jobs(wholeEdit, "E", job)) / stat.Median(d.jobs(wholeEdit, "Z", job))
	}
}

func moved(r record.Row) float64 { return float64(r.Up+r.Down+r.Index) / 1e6 }

// promised tells of each promise whether it is kept, over each line; those that are not are first.
func promised(all []data) []string {
	var yes, no []string
	for _, d := range all {
		for _, p := range promises {
			got := p.of(d)
			text := fmt.Sprintf("%s%s: %.3g %s, promised at most %.3g", p.text, d.over(), got, p.unit, p.limit)
			switch {
			case math.IsNaN(got):
			case got > p.limit:
				no = append(no, "**Missed**. "+text+". Why, and the next step: "+p.missed+".")
			default:
				yes = append(yes, text+".")
			}
		}
	}
	return append(no, yes...)
}

// overview is a table of the ways, those of new runners first, with the two scenarios that all ran over each line.
func overview(all []data) []string {
	head, rule := "| way |", "|---|"
	for _, d := range all {
		for _, s := range []string{unchanged, edited} {
			head += " " + s + d.over() + " |"
			rule += "---|"
		}
	}
	out := []string{head, rule}
	for _, a := range strings.Split("DABCEeZ", "") {
		row, some := "| "+names[a]+" |", false
		for _, d := range all {
			for _, s := range []string{unchanged, edited} {
				rows := d.of(s, a, -1)
				some = some || len(rows) > 0
				row += cell(rows)
			}
		}
		if some {
			out = append(out, row)
		}
	}
	return out
}

func cell(rows []record.Row) string {
	if len(rows) == 0 {
		return " |"
	}
	return fmt.Sprintf(" %.1f s, %.1f MB |", stat.Median(values(rows, seconds)), stat.Median(values(rows, moved)))
}
