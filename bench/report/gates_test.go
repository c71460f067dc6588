package report

import (
	"testing"

	"dagger/pipeline/bench/record"
)

func rows(scenario, arm string, sums ...float64) (out []record.Row) {
	for _, s := range sums {
		out = append(out, record.Row{OK: true, Scenario: scenario, Arm: arm, Sum: s, Jobs: "test=1 package=1"})
	}
	return out
}

func judge(t *testing.T, id string, all ...[]record.Row) verdict {
	t.Helper()
	var joined []record.Row
	for _, r := range all {
		joined = append(joined, r...)
	}
	for _, g := range gates {
		if g.id == id {
			return g.judge(newData(joined))
		}
	}
	t.Fatalf("no gate %q", id)
	return verdict{}
}

func TestGates(t *testing.T) {
	for _, c := range []struct {
		name, id string
		rows     [][]record.Row
		want     string
	}{
		{"far below", "unchanged-a", [][]record.Row{rows("nothing changed", "E", 1, 1, 1, 1, 1), rows("nothing changed", "A", 100, 100, 100, 100, 100)}, "**met**"},
		{"far above", "unchanged-a", [][]record.Row{rows("nothing changed", "E", 10, 10, 10, 10, 10), rows("nothing changed", "A", 100, 100, 100, 100, 100)}, "**missed**"},
		{"at least, reached", "edit-a", [][]record.Row{rows("source edit", "A", 40, 41, 42, 43, 44), rows("source edit", "E", 4, 4, 4, 4, 4)}, "**met**"},
		{"at least, not reached", "edit-a", [][]record.Row{rows("source edit", "A", 12, 12, 12, 12, 12), rows("source edit", "E", 4, 4, 4, 4, 4)}, "**missed**"},
		{"undecided", "edit-z", [][]record.Row{rows("source edit", "E", 4, 4, 5, 9, 9), rows("source edit", "Z", 4, 4, 4, 4, 4)}, "**met**, within the noise"},
		{"few runs", "edit-z", [][]record.Row{rows("source edit", "E", 9), rows("source edit", "Z", 4)}, "missed, in too few runs to be sure"},
		{"no rows", "edit-c", [][]record.Row{rows("source edit", "E", 4)}, "not measured"},
		{"a command built", "version", [][]record.Row{{{OK: true, Scenario: "version bump", Arm: "E", Built: 1}}}, "**missed**"},
		{"none built", "version", [][]record.Row{{{OK: true, Scenario: "version bump", Arm: "E", Ran: 2}}}, "**met**"},
		{"failed runs do not count", "version", [][]record.Row{{{Scenario: "version bump", Arm: "E"}}}, "not measured"},
	} {
		if got := judge(t, c.id, c.rows...).word(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBreakEven(t *testing.T) {
	a := cost{"A", 0, 10}
	for _, c := range []struct {
		cost cost
		want float64
	}{
		{cost{"E", 20, 5}, 4},
		{cost{"E", 0, 5}, 0},
	} {
		if got := breakEven(a, c.cost); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.cost, got, c.want)
		}
	}
	if got := breakEven(a, cost{"X", 1, 10}); got < 1e300 {
		t.Errorf("one that is no faster pays from %v jobs on", got)
	}
}
