package main

import (
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 2, 3}, 0.5, 2.5},
		{[]float64{7}, 0.9, 7},
		{[]float64{0, 10}, 0.1, 1},
		{[]float64{0, 10}, 1, 10},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile %v of %v: got %v, want %v", c.q, c.values, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	times := map[string][]float64{
		binaryVersion: {0.010}, version: {0.030}, refused: {0.080}, call: {0.200}, bareBuild: {0.050},
	}
	got := report(times, 1, []string{"dagger is not on PATH: left out"})
	for _, want := range []string{
		"./pipeline call test                            200  (200 to 200)\n",
		"    launcher                                       20\n",
		"    session and solve                             120\n",
		"./pipeline call / BuildKit alone               4.00\n",
		"dagger is not on PATH: left out\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "dagger call") {
		t.Errorf("a line about what was not measured in\n%s", got)
	}
}
