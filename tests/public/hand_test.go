package main

import "testing"

func TestPlanned(t *testing.T) {
	for out, want := range map[string]string{
		"No changes.\n\nplan: 0 to add, 0 to change, 0 to destroy\n":    "no changes",
		"Plan: 1 to add\n\nplan: 1 to add, 0 to change, 2 to destroy\n": "1 to add, 0 to change, 2 to destroy",
		"no counts\n": "without counts",
	} {
		if got := planned(out); got != want {
			t.Errorf("%q: %s, want %s", out, got, want)
		}
	}
}

func TestThroughAll(t *testing.T) {
	for came, want := range map[string]bool{
		"validate, plan, deploy, outputs, plan again (no changes), destroy": true,
		"validate, plan, deploy fails: Error: no destroy":                   false,
		"validate, plan, deploy, outputs, destroy fails: Error: x, destroy": false,
		"not run: a role": false,
		"":                false,
	} {
		if throughAll(came) != want {
			t.Errorf("%q: %t", came, !want)
		}
	}
}

func TestCounted(t *testing.T) {
	for out, want := range map[string]Counts{
		"==== 8 passed, 2 failed, 1 skipped in 3.2s ====\n":                        {8, 2, 1},
		"== 3 passed in 1s ==\ncoverage\n== 2 passed, 1 error, 1 xfailed in 2s ==": {5, 1, 1},
		"Ran 12 tests in 0.4s\n\nFAILED (failures=1, errors=2, skipped=3)\n":       {6, 3, 3},
		"Ran 1 test in 0.4s\n\nOK\n":                                               {1, 0, 0},
		"#12 3.21 Ran 2 tests in 0.4s\n#12 3.22 \n#12 3.22 OK (skipped=1)\n":       {1, 0, 1},
		"12  : ┆ [0.4s] | Ran 2 tests in 0.4s\n12  : ┆ [0.4s] | OK (skipped=1)\n":  {1, 0, 1},
		"no tests ran in 0.1s": {},
	} {
		if got := counted(out); got != want {
			t.Errorf("%q: %v, want %v", out, got, want)
		}
	}
}

func TestOnDagger(t *testing.T) {
	known := Result{Hand: Counts{Passed: 2}, Pipeline: Counts{Passed: 2}, Names: "same", Roots: map[string]string{"infra": "validate"}}
	for engine, want := range map[string]string{"": "same", "no lock": "hand 2 passed, pipeline 2 passed (names same), package no lock, infra: validate "} {
		came := known
		came.Package, known.Dagger = engine, "of an earlier run"
		if got := known.onDagger(came); got.Dagger != want || got.Package != "" {
			t.Errorf("%+v, want %q", got, want)
		}
	}
}
