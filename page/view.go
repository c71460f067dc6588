package page

import (
	"cmp"
	"fmt"
	"slices"
)

// shown is how many rows of a list are visible at first, most the maximum number of rows.
const (
	shown = 25
	most  = 500
)

// view is a run as the page shows it.
type view struct {
	Run
	// Result is passed or failed, or empty if it is not known.
	Result, Title string
	Figures       []figure
	Timelines     []list
	TestRows      list
	PlanRows      []list
	Trend         list
	Missing       []string
}

// figure is a number with its label.
type figure struct{ Label, Value, More string }

// list is a titled list of rows, all but the first folded; Left counts those that only the JSON has.
type list struct {
	Title      Name
	Note       string
	Rows, Rest []row
	Left       int
}

// row is a line of a list. Its bar starts at X and is Width wide, in thousandths.
type row struct {
	Name, More Name
	State      string // what it is called, and its colour
	Value      string
	Critical   bool
	Bar        bool
	X, Width   int
}

func newList(title Name, note string, rows []row) list {
	l := list{Title: title, Note: note, Left: max(0, len(rows)-most)}
	rows = rows[:len(rows)-l.Left]
	l.Rows = rows[:min(shown, len(rows))]
	l.Rest = rows[len(l.Rows):]
	return l
}

// bar places a row's bar on an axis of length whole.
func (r row) bar(start, length, whole float64) row {
	if whole <= 0 {
		return r
	}
	at := func(s float64) int { return int(1000 * min(1, max(0, s/whole))) }
	r.Bar, r.X = true, min(at(start), 995)
	r.Width = min(max(5, at(start+length)-r.X), 1000-r.X)
	return r
}

func look(r Run) view {
	v := view{Run: r, Result: r.result(), Figures: r.figures(), Missing: r.missing()}
	v.Title = "Run of the pipeline"
	if r.Environment != "" {
		v.Title += " for " + r.Environment.String()
	}
	for _, c := range r.Calls {
		v.Timelines = append(v.Timelines, c.rows())
	}
	if r.Tests != nil {
		v.TestRows = r.Tests.rows()
	}
	for _, p := range r.Plans {
		v.PlanRows = append(v.PlanRows, p.rows())
	}
	if len(r.Earlier) > 0 {
		v.Trend = trend(append(r.Earlier[:len(r.Earlier):len(r.Earlier)], r.Calls...))
	}
	return v
}

func (r Run) result() string {
	failed := r.Tests != nil && r.Tests.Failed > 0 ||
		slices.ContainsFunc(r.Calls, func(c Call) bool { return c.Failed })
	switch {
	case failed:
		return "failed"
	case len(r.Calls) > 0, r.Tests != nil:
		return "passed"
	}
	return ""
}

func (t Tests) rows() list {
	cases := slices.Clone(t.Cases)
	slices.SortStableFunc(cases, func(a, b Case) int {
		if a.Result != b.Result && (a.Result == "failed" || b.Result == "failed") {
			return cmp.Compare(a.Result, b.Result) // failed is before passed and skipped
		}
		return cmp.Compare(b.Seconds, a.Seconds)
	})
	var longest float64
	for _, c := range cases {
		longest = max(longest, c.Seconds)
	}
	var rows []row
	for _, c := range cases {
		rows = append(rows, row{Name: c.Name, State: c.Result, Value: seconds(c.Seconds)}.bar(0, c.Seconds, longest))
	}
	return newList("", "failed first, then the slowest", rows)
}

func (p Plan) rows() list {
	var rows []row
	for _, c := range p.Changes {
		line := row{Name: c.Name, State: c.Action}
		if c.From != "" {
			line.More = "was " + c.From
		}
		rows = append(rows, line)
	}
	return newList(p.Root, p.Counts, rows)
}

func trend(calls []Call) list {
	slices.SortStableFunc(calls, func(a, b Call) int { return b.Started.Compare(a.Started) })
	var longest float64
	for _, c := range calls {
		longest = max(longest, c.Seconds)
	}
	var rows []row
	for _, c := range calls {
		line := row{Name: c.Function, Value: seconds(c.Seconds), State: "passed"}
		if c.Failed {
			line.State = "failed"
		}
		line.More = Name(fmt.Sprintf("%s · %d ran, %d reused", c.Started.UTC().Format("2 Jan 15:04"), c.Ran, c.Reused))
		if c.Saved > 0 {
			line.More += Name(", saved " + seconds(c.Saved))
		}
		rows = append(rows, line.bar(0, c.Seconds, longest))
	}
	return newList("", "the last calls on this engine, the newest first", rows)
}

// missing lists what the page does not have, and where it would come from.
func (r Run) missing() (out []string) {
	for _, part := range []struct {
		empty bool
		said  string
	}{
		{len(r.Calls) == 0, "Commands, the critical path, bytes moved, and what reuse saved: a Dagger engine tells these to its own client alone, in its trace. The embedded engine's are in what pipeline report --format json gives: lay it among the results as calls.json."},
		{len(r.Earlier) == 0, "The trend: no earlier calls were kept, or they are not among the results."},
		{r.Tests == nil, "Tests: there is no reports/junit.xml among the results."},
		{len(r.Plans) == 0, "The plan: there is no plan/summary.json among the results."},
		{len(r.Packages) == 0, "The package: there is no artifact.zip and no artifacts/ among the results."},
	} {
		if part.empty {
			out = append(out, part.said)
		}
	}
	return out
}

// Size is the artifact's size, for the page.
func (p Package) Size() int64 { return int64(p.Bytes) }

// Change is how it differs from the size on the target branch.
func (p Package) Change() string {
	switch {
	case p.Before == nil:
		return ""
	case p.Bytes == *p.Before:
		return "as before"
	case p.Bytes < *p.Before:
		return "-" + size(int64(*p.Before-p.Bytes))
	}
	return "+" + size(int64(p.Bytes-*p.Before))
}
