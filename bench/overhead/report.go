package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// report shows the medians, the parts of a call and the ratios.
func report(times map[string][]float64, runs int, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A call for which nothing has to run: milliseconds, median of %d (10th to 90th percentile)\n\n", runs)
	whole := func(label, name string) {
		if t := times[name]; len(t) > 0 {
			fmt.Fprintf(&b, "  %-44s %6.0f  (%.0f to %.0f)\n", label, 1000*quantile(t, 0.5), 1000*quantile(t, 0.1), 1000*quantile(t, 0.9))
		}
	}
	part := func(label, more, less string) {
		fmt.Fprintf(&b, "    %-42s %6.0f\n", label, 1000*(quantile(times[more], 0.5)-quantile(times[less], 0.5)))
	}
	whole("./pipeline call test", call)
	fmt.Fprintf(&b, "    %-42s %6.0f\n", "start of the binary", 1000*quantile(times[binaryVersion], 0.5))
	part("launcher", version, binaryVersion)
	part("loading the module, starting its program", refused, version)
	part("session and solve", call, refused)
	whole("BuildKit alone, a build of the same shape", bareBuild)
	whole("dagger call test", daggerCall)
	b.WriteString("\n")
	ratio := func(label, over, under string) {
		if len(times[over]) > 0 && len(times[under]) > 0 {
			fmt.Fprintf(&b, "  %-44s %6.2f\n", label, quantile(times[over], 0.5)/quantile(times[under], 0.5))
		}
	}
	ratio("./pipeline call / BuildKit alone", call, bareBuild)
	ratio("./pipeline call / dagger call", call, daggerCall)
	for _, n := range notes {
		fmt.Fprintf(&b, "\n  %s\n", n)
	}
	return b.String()
}

// quantile is the value below which the share q of the values lies, between neighbours in proportion.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(math.Floor(at))
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
