// Package stat sums up measurements: quantiles, and intervals by the bootstrap.
package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Quantile is the q-quantile (0 to 1) of values, interpolated; NaN of none.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// Median is the 0.5-quantile.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Interval is one of 95 per cent.
type Interval struct{ Low, High float64 }

const resamples = 2000

// MedianInterval is the percentile bootstrap's interval of the median. The same values give the same one.
func MedianInterval(values []float64) Interval {
	return bootstrap(func(random *rand.Rand) float64 { return Median(resample(random, values)) })
}

// RatioInterval is the interval of the ratio of two medians.
func RatioInterval(over, under []float64) Interval {
	return bootstrap(func(random *rand.Rand) float64 {
		return Median(resample(random, over)) / Median(resample(random, under))
	})
}

func bootstrap(once func(*rand.Rand) float64) Interval {
	random := rand.New(rand.NewPCG(7, 11))
	found := make([]float64, resamples)
	for i := range found {
		found[i] = once(random)
	}
	return Interval{Quantile(found, 0.025), Quantile(found, 0.975)}
}

func resample(random *rand.Rand, values []float64) []float64 {
	out := make([]float64, len(values))
	for i := range out {
		out[i] = values[random.IntN(len(values))]
	}
	return out
}
