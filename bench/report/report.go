// Package report turns the raw results of a benchmark into a page and plots. No number in them is typed.
package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
	"dagger/pipeline/bench/world"
)

// Write reads results.csv and machine.json in dir and writes README.md and the plots beside them.
func Write(dir string) error {
	rows, err := record.Read(filepath.Join(dir, "results.csv"))
	if err != nil {
		return err
	}
	described, err := os.ReadFile(filepath.Join(dir, "machine.json"))
	if err != nil {
		return fmt.Errorf("reading the results: %w", err)
	}
	var about []world.About
	if err := json.Unmarshal(described, &about); err != nil {
		return fmt.Errorf("reading the description of the machine: %w", err)
	}
	if len(about) == 0 {
		return errors.New("reading the description of the machine: it describes no run: measure first")
	}
	all := split(rows)
	p := newPage(all, about)
	if p.Plots, err = plots(all[0], dir); err != nil {
		return err
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, p); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), page.Bytes(), 0o644)
}

// page is what the template shows.
type page struct {
	About    world.About
	Runs     []world.About
	Arms     [][2]string
	Compared [][2]string
	Table    []line
	Costs    []costLine
	Load     string
	Failed   []record.Row
	Plots    map[string]bool
	Headline []string
	Overview []string
	NotPaid  []string
	// Busy tells that others used the machine.
	Busy bool
}

type line struct {
	Scenario, Arm           string
	N                       int
	P50, Interval, P95, CPU string
	Ran, Reused, Built      string
	Registry, Packages      string
}

type costLine struct{ Arm, Fixed, Each, BreakEven, Kept string }

// newPage makes the page of the rows of each line. Plots, cost model and comparisons are of those of no line.
func newPage(all []data, about []world.About) page {
	d := all[0]
	p := page{About: about[0], Runs: about, Arms: legend(d), Headline: append(promised(all), d.headline()...), Overview: overview(all)}
	var loads []float64
	for _, c := range comparisons {
		p.Compared = append(p.Compared, [2]string{c.text, c.measured(d)})
	}
	for _, d := range all {
		p.Failed = append(p.Failed, d.failed...)
		loads = append(loads, values(d.rows, func(r record.Row) float64 { return r.Load })...)
		for _, s := range order {
			for _, size := range d.sizes(s) {
				for _, a := range d.arms(s) {
					if rs := d.of(s, a, size); len(rs) > 0 {
						p.Table = append(p.Table, newLine(s, d.over(), size, a, rs))
					}
				}
			}
		}
	}
	costs := d.costs()
	for _, c := range costs {
		p.Costs = append(p.Costs, d.costLine(costs[0], c))
	}
	p.NotPaid = notPaid(costs)
	p.Load = fmt.Sprintf("median %.1f, highest %.1f", stat.Median(loads), stat.Quantile(loads, 1))
	p.Busy = stat.Median(loads) > 1.5*float64(about[0].Processors)
	return p
}

func newLine(scenario, over string, size int, arm string, rows []record.Row) line {
	durations := values(rows, seconds)
	interval := stat.MedianInterval(durations)
	median := func(format string, of func(record.Row) float64) string {
		return fmt.Sprintf(format, stat.Median(values(rows, of)))
	}
	l := line{
		Scenario: scenario, Arm: names[arm], N: len(rows),
		P50: median("%.2f", seconds), P95: fmt.Sprintf("%.2f", stat.Quantile(durations, 0.95)),
		Interval: fmt.Sprintf("%.2f to %.2f", interval.Low, interval.High),
		CPU:      median("%.1f", func(r record.Row) float64 { return r.CPU }),
		Registry: median("%.1f", func(r record.Row) float64 { return float64(r.Up+r.Down) / 1e6 }),
		Packages: median("%.1f", func(r record.Row) float64 { return float64(r.Index) / 1e6 }),
	}
	if size > 0 {
		l.Scenario += fmt.Sprintf(" (%d)", size)
	}
	l.Scenario += over
	if arm >= "D" && arm <= "G" {
		l.Ran = median("%v", func(r record.Row) float64 { return float64(r.Ran) })
		l.Reused = median("%v", func(r record.Row) float64 { return float64(r.Reused) })
		l.Built = median("%v", func(r record.Row) float64 { return float64(r.Built) })
	}
	return l
}

func (d data) costLine(a, c cost) costLine {
	l := costLine{Arm: names[c.arm], Fixed: fmt.Sprintf("%.1f", c.fixed), Each: fmt.Sprintf("%.2f", c.each)}
	if c.arm != "A" {
		l.BreakEven = "never"
		if n := breakEven(a, c); !math.IsInf(n, 1) {
			l.BreakEven = fmt.Sprintf("%.2f, so from %d jobs on", n, max(1, int(math.Floor(n))+1))
		}
	}
	if kept := d.kept(c.arm); kept > 0 {
		l.Kept = fmt.Sprintf("%.2f", kept/1e9)
	}
	return l
}

// headline is what a reader in a hurry needs; nothing that was run too seldom.
func (d data) headline() (out []string) {
	say := func(scenario, over, under, format string, args func(over, under float64) []any) {
		a, b := d.times(scenario, over, -1), d.times(scenario, under, -1)
		if min(len(a), len(b)) >= enough {
			out = append(out, fmt.Sprintf(format, args(stat.Median(a), stat.Median(b))...))
		}
	}
	say("source edit", "E", "A", "After an edit of the source, test and package take %.1f s where each job that installs everything takes %.0f s: **%.1f times faster**.",
		func(e, a float64) []any { return []any{e, a, a / e} })
	say("source edit", "E", "C", "Where each pipeline builds an image and each job pulls it, they take %.0f s: **%.1f times as long**.",
		func(e, c float64) []any { return []any{c, c / e} })
	say("source edit", "E", "Z", "The commands alone, without any container, take %.1f s: the containers cost %+.0f %%.",
		func(e, z float64) []any { return []any{z, 100 * (e/z - 1)} })
	say("nothing changed", "E", "A", "When nothing changed, both calls together take %.2f s, 1/%.0f of the time of installing everything.",
		func(e, a float64) []any { return []any{e, a / e} })
	for _, scenario := range []string{"version bump", "credentials rotated"} {
		if rows := d.of(scenario, "E", -1); len(rows) >= enough {
			built := 0
			for _, r := range rows {
				built += r.Built
			}
			out = append(out, fmt.Sprintf("%s, %d runs: %d commands that build a container.", map[string]string{"version bump": "After a new version of the project", "credentials rotated": "With new credentials"}[scenario], len(rows), built))
		}
	}
	return out
}
