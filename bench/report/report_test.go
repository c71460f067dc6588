package report

import (
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/bench/record"
)

func rows(scenario, arm string, sums ...float64) (out []record.Row) {
	for _, s := range sums {
		out = append(out, record.Row{OK: true, Scenario: scenario, Arm: arm, Sum: s, Jobs: "build=6 test=1 package=1"})
	}
	return out
}

func TestCompared(t *testing.T) {
	d := func(all ...[]record.Row) (joined data) {
		for _, r := range all {
			joined.rows = append(joined.rows, r...)
		}
		return joined
	}
	quick, slow := rows("nothing changed", "D", 1, 1, 1, 1, 1), rows("nothing changed", "C", 8, 8, 8, 8, 8)
	for _, c := range []struct {
		name string
		at   int
		data data
		want string
	}{
		{"measured", 2, d(quick, slow), "0.125 x (0.125 to 0.125)"},
		{"without the build", 3, d(quick, slow), "0.5 x (0.5 to 0.5)"},
		{"few runs", 2, d(quick[:1], slow), "0.125 x, in too few runs to be sure"},
		{"one side alone", 2, d(quick), "not measured"},
	} {
		if got := comparisons[c.at].measured(c.data); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// What is not kept comes first, with its reason; what was not measured is left out.
func TestPromises(t *testing.T) {
	near := func(arm string, s float64) record.Row {
		return record.Row{OK: true, Scenario: "source edit", Arm: arm, Sum: s, Jobs: "test=1 package=1", Down: 100e6}
	}
	far := near("D", 7)
	far.Line, far.Down = "100mbit,20ms", 130e6
	got := promised(split([]record.Row{near("A", 20), near("B", 10), near("D", 7), far}))
	want := []string{
		"**Missed**. New runners, source edit, against a cache: 0.7 x, promised at most 0.6. ",
		"**Missed**. New runners, source edit, moved by a job, over 100mbit,20ms: 65 MB, promised at most 60. ",
		"New runners, source edit, against installing everything: 0.35 x, promised at most 0.35.",
		"New runners, source edit, moved by a job: 50 MB, promised at most 60.",
	}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want it to begin with %q", got[i], want[i])
		}
	}
}

func TestOverview(t *testing.T) {
	near, far := rows("source edit", "E", 4)[0], rows("nothing changed", "D", 2)[0]
	far.Line, far.Index = "100mbit,20ms", 5e6
	want := []string{
		"| way | nothing changed | source edit | nothing changed, over 100mbit,20ms | source edit, over 100mbit,20ms |",
		"|---|---|---|---|---|",
		"| pipeline, empty engine | | | 2.0 s, 5.0 MB | |",
		"| pipeline, kept engine | | 4.0 s, 0.0 MB | | |",
	}
	if got := overview(split([]record.Row{near, far})); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
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
