package page

import (
	"fmt"
	"strings"

	"dagger/pipeline/printable"
)

// figures are the numbers of a run, the most important first.
func (r Run) figures() (out []figure) {
	var took, saved, critical float64
	var ran, reused, unknown int
	var moved int64
	for _, c := range r.Calls {
		took, saved, ran, reused, unknown = took+c.Seconds, saved+c.Saved, ran+c.Ran, reused+c.Reused, unknown+c.Unknown
		critical += c.criticalSeconds()
		for _, s := range c.Steps {
			moved += s.Bytes
		}
	}
	if len(r.Calls) > 0 {
		commands := "of " + printable.Count(ran+reused, "command")
		savedMore := "time of commands when they last ran"
		if unknown > 0 {
			savedMore += fmt.Sprintf("; of %d not known", unknown)
		}
		out = append(out,
			figure{"Took", seconds(took), fmt.Sprintf("%s on the critical path", seconds(critical))},
			figure{"Saved by reuse", seconds(saved), savedMore},
			figure{"Reused", fmt.Sprint(reused), commands},
			figure{"Moved", size(moved), "between engine, registry and source"})
	}
	if t := r.Tests; t != nil {
		counts := []string{fmt.Sprintf("%d passed", t.Total-t.Failed-t.Skipped)}
		if t.Skipped > 0 {
			counts = append(counts, fmt.Sprintf("%d skipped", t.Skipped))
		}
		value := fmt.Sprintf("%d", t.Total)
		if t.Failed > 0 {
			value = fmt.Sprintf("%d failed", t.Failed)
		}
		out = append(out, figure{"Tests", value, strings.Join(counts, ", ") + ", ran for " + seconds(t.Seconds)})
		if t.Coverage != nil {
			var more []string
			if t.Before != nil {
				more = append(more, fmt.Sprintf("%+.1f against the target branch", *t.Coverage-*t.Before))
			}
			for _, other := range t.Others {
				more = append(more, fmt.Sprintf("%.1f %% in another report", other))
			}
			out = append(out, figure{"Coverage", fmt.Sprintf("%.1f %%", *t.Coverage), strings.Join(more, ", ")})
		}
	}
	if r.Space != nil {
		out = append(out, figure{"Kept for reuse", size(r.Space.Bytes), printable.Count(r.Space.Records, "record")})
	}
	return out
}
