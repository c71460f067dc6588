package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

// Format writes the report as text or json.
func (r Report) Format(format string) (string, error) {
	switch format {
	case "text":
		return r.text(), nil
	case "json":
		data, err := json.MarshalIndent(r, "", "  ")
		return string(data) + "\n", err
	}
	return "", fmt.Errorf("unknown format %q: use text, json or html", format)
}

func (r Report) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "call\ttook\tran\treused\tsaved\t\n")
	lines := r.Calls
	if len(lines) > 1 {
		lines = append(lines[:len(lines):len(lines)], r.total())
	}
	for _, c := range lines {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t\n", c.Function, seconds(c.Seconds), c.Ran, c.Reused, seconds(c.Saved))
	}
	_ = w.Flush()
	b.WriteString("\n" + r.headline() + "\n")
	if unknown := r.total().Unknown; unknown > 0 {
		fmt.Fprintf(&b, "not known what they took: %s\n", Count(unknown, "reused command"))
	}
	b.WriteString(r.space() + "\n")
	return b.String()
}

func (r Report) headline() string {
	total := r.total()
	if total.Reused == 0 {
		return fmt.Sprintf("nothing was reused; %s spent", seconds(total.Seconds))
	}
	return fmt.Sprintf("%s spent, %s of commands saved by reuse", seconds(total.Seconds), seconds(total.Saved))
}

func (r Report) space() string {
	if r.Space == nil {
		return "space: not known, the engine does not run"
	}
	return fmt.Sprintf("space: the engine keeps %s in %s", size(r.Space.Bytes), Count(r.Space.Records, "record"))
}

// Count is a number of things: "1 record", "2 records".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func seconds(s float64) string {
	if s >= 100 {
		return fmt.Sprintf("%d min %02d s", int(s+0.5)/60, int(s+0.5)%60)
	}
	return fmt.Sprintf("%.1f s", s)
}

func size(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
