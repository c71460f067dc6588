package report

import (
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
