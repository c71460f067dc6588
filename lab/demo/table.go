package main

import (
	"fmt"
	"strings"
	"time"
)

// table shows how long each step took in each round.
func table(results []result) string {
	var b strings.Builder
	row := func(first string, cell func(result) string) {
		fmt.Fprintf(&b, "  %-15s", first)
		for _, r := range results {
			fmt.Fprintf(&b, "%15s", cell(r))
		}
		b.WriteString("\n")
	}
	row("step", func(r result) string { return r.column })
	for _, s := range []step{test, pack, plan, deploy, destroy} {
		some := false
		for _, r := range results {
			_, ok := r.took[s.name]
			some = some || ok
		}
		if some {
			row(s.name, func(r result) string {
				took, ok := r.took[s.name]
				if !ok {
					return "-"
				}
				return seconds(took)
			})
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
