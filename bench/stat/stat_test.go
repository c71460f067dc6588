package stat

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{1, 2, 3, 4}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 0.95, 4.8},
		{[]float64{7}, 0.95, 7},
		{[]float64{1, 9}, 1, 9},
	} {
		if got := Quantile(c.values, c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile %v of %v: got %v, want %v", c.q, c.values, got, c.want)
		}
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("quantile of nothing: got %v", got)
	}
}

func TestIntervals(t *testing.T) {
	values := []float64{10, 11, 12, 13, 14, 15, 16, 17, 18, 30}
	i := MedianInterval(values)
	if m := Median(values); !(i.Low <= m && m <= i.High) || i.Low < 10 || i.High > 30 || i.Low == i.High {
		t.Errorf("the interval %v does not hold the median %v, or not the values' range", i, m)
	}
	if again := MedianInterval(values); again != i {
		t.Errorf("the same values gave %v, then %v", i, again)
	}
	if r := RatioInterval([]float64{4, 4, 4}, []float64{2, 2, 2}); r != (Interval{2, 2}) {
		t.Errorf("the ratio of constants: got %v", r)
	}
}
