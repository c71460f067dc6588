package note

import (
	"fmt"
	"math"
	"strings"
	"time"

	"dagger/pipeline/printable"
)

// Tests are the results of the tests.
type Tests struct {
	Total, Failed, Skipped int
	// Failures are the names of those that failed.
	Failures []string
	// Took is how long they ran; Reused reports that they ran in an earlier call.
	Took   time.Duration
	Reused bool
	// Coverage is in percent, of each report; Before is the target branch's of the first.
	Coverage []float64
	Before   *float64
}

func (t *Tests) line() Markdown {
	if t == nil {
		return ""
	}
	said := []string{fmt.Sprintf("%d passed", t.Total-t.Failed-t.Skipped)}
	if t.Failed > 0 {
		said = append([]string{fmt.Sprintf("**%d failed**", t.Failed)}, said...)
	}
	if t.Skipped > 0 {
		said = append(said, fmt.Sprintf("%d skipped", t.Skipped))
	}
	if len(t.Coverage) > 0 {
		coverage := "coverage " + Percents(t.Coverage, "%.1f %%")
		if t.Before != nil {
			coverage += fmt.Sprintf(" (%s)", change(t.Coverage[0]-*t.Before))
		}
		said = append(said, coverage)
	}
	if t.Took > 0 {
		said = append(said, "ran for "+seconds(t.Took))
	}
	if t.Reused {
		said = append(said, "nothing that they read has changed: reused")
	}
	return Markdown(strings.Join(said, ", "))
}

// Percents names the coverage of one report, or of each of several, by a format for one.
func Percents(all []float64, format string) string {
	var said []string
	for _, percent := range all {
		said = append(said, fmt.Sprintf(format, percent))
	}
	if len(said) == 1 {
		return said[0]
	}
	return fmt.Sprintf("%s (%d reports)", strings.Join(said, " and "), len(said))
}

// change is a difference in percentage points.
func change(points float64) string {
	if math.Abs(points) < 0.05 {
		return "as before"
	}
	return fmt.Sprintf("%+.1f", points)
}

// Package is an artifact: its path and size, and its size on the target branch.
type Package struct {
	Name   string
	Bytes  int
	Before *int
}

// shownPackages is how many artifacts are named.
const shownPackages = 5

func packagesLine(all []Package) Markdown {
	var said []string
	for i, p := range all {
		if i == shownPackages {
			said = append(said, fmt.Sprintf("and %d more", len(all)-i))
			break
		}
		text := fmt.Sprintf("%s %s", Code(p.Name), size(p.Bytes))
		if p.Before != nil {
			text += " (" + sizeChange(p.Bytes-*p.Before) + ")"
		}
		said = append(said, text)
	}
	return Markdown(strings.Join(said, ", "))
}

func sizeChange(bytes int) string {
	switch {
	case bytes == 0:
		return "as before"
	case bytes < 0:
		return "-" + size(-bytes)
	}
	return "+" + size(bytes)
}

func size(bytes int) string {
	switch {
	case bytes < 1000:
		return printable.Count(bytes, "byte")
	case bytes < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

func imagesLine(all []Image) Markdown {
	var said []string
	for _, i := range all {
		if i.From == "" {
			said = append(said, i.Name+" not in the registry: built")
		} else {
			said = append(said, fmt.Sprintf("%s reused from %s", i.Name, Code(i.From)))
		}
	}
	return Markdown(strings.Join(said, ", "))
}

func plansLine(all []Plan) Markdown {
	var said []string
	for i, p := range all {
		if i == shownPackages {
			said = append(said, "and "+printable.Count(len(all)-i, "more root module"))
			break
		}
		text := string(p.Counts)
		if len(all) > 1 {
			text = fmt.Sprintf("%s %s", Code(p.Root), text)
		}
		said = append(said, text)
	}
	return Markdown(strings.Join(said, "; "))
}

func codes(names []string) (out []Markdown) {
	for _, name := range names {
		out = append(out, Code(name))
	}
	return out
}
