package main

import (
	"maps"
	"testing"
)

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

func TestChosenScenarios(t *testing.T) {
	o := options{scenarios: "version,nothing", reps: 4, slow: 1}
	found := map[string]int{}
	for _, r := range runs(o.choose, "BE", 1) {
		found[r.scenario.name+" "+r.arm]++
	}
	want := map[string]int{"version bump E": 4, "nothing changed E": 4, "nothing changed B": 1}
	if !maps.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
}
