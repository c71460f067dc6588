package page

import "slices"

// negligible is the minimum duration, in seconds, for a step to be marked as part of the critical path, and to be shown
// if it is not a command and moved nothing.
const negligible = 0.1

// rows are a call's steps on its time axis.
func (c Call) rows() list {
	steps := slices.Clone(c.Steps)
	slices.SortStableFunc(steps, func(a, b Step) int {
		switch {
		case a.Start < b.Start:
			return -1
		case a.Start > b.Start:
			return 1
		}
		return 0
	})
	whole := c.Seconds
	for _, s := range steps {
		whole = max(whole, s.Start+s.Seconds)
	}
	critical := critical(steps)
	var rows []row
	for i, s := range steps {
		if s.Kind != "command" && s.Seconds < negligible && s.Bytes == 0 && !s.Failed {
			continue
		}
		line := row{Name: s.Name, State: s.state(), Value: seconds(s.Seconds), Critical: critical[i] && s.Seconds >= negligible}
		switch {
		case s.Cached && s.Known:
			line.Value, line.More = "", Name("took "+seconds(s.Saved)+" when it last ran")
		case s.Cached:
			line.Value = ""
		default:
			line = line.bar(s.Start, s.Seconds, whole)
		}
		if s.Bytes > 0 {
			line.More = Name(size(s.Bytes))
		}
		rows = append(rows, line)
	}
	return newList(c.Function, c.Started.UTC().Format("2 Jan 2006 15:04:05 UTC")+", took "+seconds(c.Seconds), rows)
}

func (s Step) state() string {
	switch {
	case s.Failed:
		return "failed"
	case s.Cached:
		return "reused"
	case s.Kind == "image":
		return "from registry"
	case s.Kind == "transfer":
		return "moved"
	}
	return "ran"
}

// critical returns the steps on the critical path: going back from the end of the call, the step that ended last
// before the next one on the path began.
func critical(steps []Step) map[int]bool {
	path := map[int]bool{}
	const slack = 0.005 // ends and starts are rounded to milliseconds
	until, found := 1e18, true
	for found {
		last, end := 0, 0.0
		found = false
		for i, s := range steps {
			if e := s.Start + s.Seconds; !s.Cached && s.Seconds > 0 && !path[i] && e > end && e <= until+slack {
				last, end, found = i, e, true
			}
		}
		if found {
			path[last], until = true, steps[last].Start
		}
	}
	return path
}

func (c Call) criticalSeconds() (sum float64) {
	for i := range critical(c.Steps) {
		sum += c.Steps[i].Seconds
	}
	return sum
}
