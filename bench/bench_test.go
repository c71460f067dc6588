package main

import "testing"

func TestRunsAreInRandomOrder(t *testing.T) {
	o := options{}
	first, again, other := runs(o.choose, "ABCDEFZ", 1), runs(o.choose, "ABCDEFZ", 1), runs(o.choose, "ABCDEFZ", 2)
	same := true
	for i := range first {
		if first[i].arm != again[i].arm || first[i].scenario.name != again[i].scenario.name {
			t.Fatal("the same seed gave another order")
		}
		same = same && first[i].arm == other[i].arm && first[i].scenario.name == other[i].scenario.name
	}
	if same {
		t.Error("another seed gave the same order")
	}
	for i := 1; i < len(first); i++ {
		before, now := first[i-1], first[i]
		if before.scenario.later && !now.scenario.later {
			t.Errorf("run %d of %q comes after one that is for later", i, now.scenario.name)
		}
	}
}

func TestRepetitionsAreSpread(t *testing.T) {
	o := options{}
	all := runs(o.choose, "CE", 3)
	var slow, quick []int
	for i, r := range all {
		if r.scenario.name == "source edit" && r.arm == "C" {
			slow = append(slow, i)
		}
		if r.scenario.name == "source edit" && r.arm == "E" {
			quick = append(quick, i)
		}
	}
	if len(slow) != 2 || len(quick) != 10 {
		t.Fatalf("%d runs of C and %d of E", len(slow), len(quick))
	}
	if slow[1] < quick[4] || slow[0] > quick[5] {
		t.Errorf("the runs of C, %v, are not spread over those of E, %v", slow, quick)
	}
}

func TestFullRunHasEnoughRepetitions(t *testing.T) {
	for _, s := range scenarios {
		want := 10
		if s.cold || s.later || s.name == "jobs" || s.name == "pipeline code changed" {
			want = 5
		}
		if s.full < want {
			t.Errorf("%s: %d repetitions in a full run, want at least %d", s.name, s.full, want)
		}
	}
}

func TestChosenScenarios(t *testing.T) {
	o := options{scenarios: "version,nothing"}
	found := map[string]bool{}
	for _, r := range runs(o.choose, "EZ", 1) {
		found[r.scenario.name] = true
	}
	if len(found) != 2 || !found["version bump"] || !found["nothing changed"] {
		t.Errorf("got %v", found)
	}
}
