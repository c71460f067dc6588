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
	"strings"

	"dagger/pipeline/bench/record"
	"dagger/pipeline/bench/stat"
	"dagger/pipeline/bench/world"
)

// Write reads results.csv and machine.json in dir and writes README.md and the plots beside them.
func Write(dir string) error {
	f, err := os.Open(filepath.Join(dir, "results.csv"))
	if err != nil {
		return fmt.Errorf("reading the results: %w: measure first", err)
	}
	defer f.Close()
	rows, err := record.Read(f)
	if err != nil {
		return err
	}
	var about []world.About
	described, err := os.ReadFile(filepath.Join(dir, "machine.json"))
	if err != nil {
		return fmt.Errorf("reading the results: %w", err)
	}
	if err := json.Unmarshal(described, &about); err != nil {
		return fmt.Errorf("reading the description of the machine: %w", err)
	}
	if len(about) == 0 {
		return errors.New("reading the description of the machine: it describes no run: measure first")
	}
	d := newData(rows)
	for _, draw := range []func(data, string) error{plotPipelines, plotJobs, plotRegistry} {
		if err := draw(d, dir); err != nil {
			return err
		}
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, newPage(d, rows, about, dir)); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), page.Bytes(), 0o644)
}

// page is what the template shows.
type page struct {
	About    world.About
	Runs     []world.About
	Arms     [][2]string
	Gates    []gateLine
	Counts   string
	Table    []line
	Costs    []costLine
	Load     string
	Failed   []record.Row
	Plots    map[string]bool
	Headline []string
	// Warning is what makes the numbers uncertain.
	Warning string
	NotPaid []string
}

type gateLine struct{ Text, Word, Measured, Limit, Refuted string }

type line struct {
	Scenario, Arm              string
	N                          int
	P50, Interval, P95, CPU    string
	Ran, Reused, Built         string
	Registry, Packages, Engine string
}

func newPage(d data, rows []record.Row, about []world.About, dir string) page {
	p := page{About: about[0], Runs: about, Arms: legend(d), Failed: d.failed, Plots: map[string]bool{}}
	met, known, sure := 0, 0, 0
	for _, g := range gates {
		v := g.judge(d)
		limit := "at most "
		if v.least {
			limit = "at least "
		}
		l := gateLine{Text: g.text, Word: v.word(), Measured: v.measured(), Refuted: g.refuted}
		if v.known {
			l.Limit = fmt.Sprintf("%s%.3g%s", limit, v.limit, v.unit)
			known++
			if v.met() {
				met++
				if !v.few {
					sure++
				}
			}
		}
		p.Gates = append(p.Gates, l)
	}
	p.Counts = fmt.Sprintf("%d of the %d that could be measured are met, %d of them in enough runs", met, known, sure)
	if left := len(gates) - known; left > 0 {
		p.Counts += fmt.Sprintf("; %d not measured", left)
	}
	for _, s := range d.scenarios() {
		for _, size := range d.sizes(s) {
			for _, a := range d.arms(s) {
				if rs := d.of(s, a, size); len(rs) > 0 {
					p.Table = append(p.Table, newLine(s, size, a, rs))
				}
			}
		}
	}
	costs := d.costs()
	for _, c := range costs {
		p.Costs = append(p.Costs, d.costLine(costs[0], c))
	}
	p.Headline = d.headline()
	p.NotPaid = d.notPaid(costs)
	loads := values(rows, func(r record.Row) float64 { return r.Load })
	p.Load = fmt.Sprintf("median %.1f, highest %.1f", stat.Median(loads), stat.Quantile(loads, 1))
	p.Warning = warning(stat.Median(loads), about[0].Processors, d)
	for _, name := range []string{"pipelines", "jobs", "registry"} {
		_, err := os.Stat(filepath.Join(dir, name+".svg"))
		p.Plots[name] = err == nil
	}
	return p
}

// warning says what makes the numbers uncertain: others who used the machine, and few runs.
func warning(load float64, processors int, d data) string {
	var why []string
	if load > 1.5*float64(processors) {
		why = append(why, fmt.Sprintf("the machine was busy with other work (load %.0f on %d processors)", load, processors))
	}
	var few []string
	for _, a := range strings.Split("ABCDEZ", "") {
		if min(len(d.of("nothing changed", a, -1)), len(d.of("source edit", a, -1))) < enough {
			few = append(few, names[a])
		}
	}
	if len(few) > 0 {
		why = append(why, fmt.Sprintf("fewer than %d runs after an edit, or with nothing changed, were made on %s", enough, strings.Join(few, ", ")))
	}
	return strings.Join(why, ", and ")
}

func newLine(scenario string, size int, arm string, rows []record.Row) line {
	times := values(rows, seconds)
	interval := stat.MedianInterval(times)
	median := func(of func(record.Row) float64) float64 { return stat.Median(values(rows, of)) }
	megabytes := func(of func(record.Row) int64) string {
		return fmt.Sprintf("%.1f", median(func(r record.Row) float64 { return float64(of(r)) / 1e6 }))
	}
	l := line{
		Scenario: scenario, Arm: names[arm], N: len(rows),
		P50: fmt.Sprintf("%.2f", stat.Median(times)), P95: fmt.Sprintf("%.2f", stat.Quantile(times, 0.95)),
		Interval: fmt.Sprintf("%.2f to %.2f", interval.Low, interval.High),
		CPU:      fmt.Sprintf("%.1f", median(func(r record.Row) float64 { return r.CPU })),
		Registry: megabytes(func(r record.Row) int64 { return r.Up + r.Down }),
		Packages: megabytes(func(r record.Row) int64 { return r.Index }),
	}
	switch {
	case strings.HasPrefix(scenario, "registry at "):
		l.Scenario += fmt.Sprintf(", %d ms", size)
	case size > 0:
		l.Scenario += fmt.Sprintf(" (%d)", size)
	}
	if arm >= "D" && arm <= "F" {
		l.Ran = fmt.Sprint(median(func(r record.Row) float64 { return float64(r.Ran) }))
		l.Reused = fmt.Sprint(median(func(r record.Row) float64 { return float64(r.Reused) }))
		l.Built = fmt.Sprint(median(func(r record.Row) float64 { return float64(r.Built) }))
	}
	if e := median(func(r record.Row) float64 { return r.Engine }); e > 0 {
		l.Engine = fmt.Sprintf("%.2f", e)
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
	if kept, ok := d.kept(c.arm); ok {
		l.Kept = fmt.Sprintf("%.2f", kept/1e9)
	}
	if per, ok := d.savedPerGB(c.arm); ok && c.arm != "A" {
		l.PerGB = fmt.Sprintf("%.0f", per)
	}
	return l
}

// headline is what a reader in a hurry needs; nothing that was run too seldom.
func (d data) headline() (out []string) {
	median := func(scenario, a string) float64 {
		times := d.times(scenario, a, -1)
		if len(times) < enough {
			return math.NaN()
		}
		return stat.Median(times)
	}
	edit := func(a string) float64 { return median("source edit", a) }
	same := func(a string) float64 { return median("nothing changed", a) }
	if e, a := edit("E"), edit("A"); !math.IsNaN(e) && !math.IsNaN(a) {
		out = append(out, fmt.Sprintf("After an edit of the source, test and package take %.1f s where each job that installs everything takes %.0f s: **%.1f times faster**.", e, a, a/e))
	}
	if e, c := edit("E"), edit("C"); !math.IsNaN(e) && !math.IsNaN(c) {
		out = append(out, fmt.Sprintf("Where each pipeline builds an image and each job pulls it, they take %.0f s: **%.1f times as long**.", c, c/e))
	}
	if e, z := edit("E"), edit("Z"); !math.IsNaN(e) && !math.IsNaN(z) {
		out = append(out, fmt.Sprintf("The commands alone, without any container, take %.1f s: the containers cost %+.0f %%.", z, 100*(e/z-1)))
	}
	if e, a := same("E"), same("A"); !math.IsNaN(e) && !math.IsNaN(a) {
		out = append(out, fmt.Sprintf("When nothing changed, both calls together take %.2f s, 1/%.0f of the time of installing everything.", e, a/e))
	}
	return out
}
