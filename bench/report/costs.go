package report

import (
	"fmt"
	"math"
)

type costLine struct{ Arm, Fixed, Each, BreakEven, Kept, PerGB string }

// notPaid are the cases in which reuse costs more than it saves.
func (d data) notPaid(costs []cost) (out []string) {
	for _, c := range costs {
		if c.arm == "A" {
			continue
		}
		switch n := breakEven(costs[0], c); {
		case math.IsInf(n, 1):
			out = append(out, fmt.Sprintf("%s never pays here: one more job takes %.1f s, installing everything %.1f s.", names[c.arm], c.each, costs[0].each))
		case n >= 1:
			out = append(out, fmt.Sprintf("%s does not pay for %s that no other pipeline shares the image with.", names[c.arm], jobs(int(math.Floor(n)))))
		}
	}
	return out
}

// jobs names so many jobs or fewer.
func jobs(most int) string {
	if most == 1 {
		return "a single job"
	}
	return fmt.Sprintf("%d jobs or fewer", most)
}
