package report

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"text/tabwriter"
)

// Formats are the names of the forms that Write knows.
var Formats = []string{"text", "json", "svg"}

// Format writes the report as text, json or svg.
func (r Report) Format(format string) (string, error) {
	switch format {
	case "text":
		return r.text(), nil
	case "json":
		data, err := json.MarshalIndent(r, "", "  ")
		return string(data) + "\n", err
	case "svg":
		return r.svg()
	}
	return "", fmt.Errorf("unknown format %q: use text, json or svg", format)
}

func (r Report) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "call\ttook\tran\treused\tsaved\t\n")
	lines := r.Calls
	if len(lines) > 1 {
		total := r.Total
		total.Function = "together"
		lines = append(lines[:len(lines):len(lines)], total)
	}
	for _, c := range lines {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t\n", c.Function, seconds(c.Seconds), c.Ran, c.Reused, seconds(c.Saved))
	}
	_ = w.Flush()
	b.WriteString("\n" + r.headline() + "\n")
	if r.Total.Unknown > 0 {
		fmt.Fprintf(&b, "of %d reused commands it is not known what they took\n", r.Total.Unknown)
	}
	b.WriteString(r.space() + "\n")
	return b.String()
}

func (r Report) headline() string {
	if r.Total.Reused == 0 {
		return fmt.Sprintf("nothing was reused; %s spent", seconds(r.Total.Seconds))
	}
	return fmt.Sprintf("%s spent, %s of commands saved by reuse", seconds(r.Total.Seconds), seconds(r.Total.Saved))
}

func (r Report) space() string {
	if r.Space == nil {
		return "space: not known, the engine does not run"
	}
	return fmt.Sprintf("space: the engine keeps %s in %d records", size(r.Space.Bytes), r.Space.Records)
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

// bar is one call in the picture, in its pixels.
type bar struct {
	Y, TextY, Took, Saved, End int
	Name, Label                string
}

const barSpace = 460

func (r Report) svg() (string, error) {
	longest := 0.001
	for _, c := range r.Calls {
		longest = max(longest, c.Seconds+c.Saved)
	}
	var bars []bar
	for i, c := range r.Calls {
		b := bar{
			Y: 44 + 26*i, TextY: 58 + 26*i, Name: c.Function,
			Took: max(1, int(barSpace*c.Seconds/longest)), Saved: int(barSpace * c.Saved / longest),
			Label: seconds(c.Seconds) + ", saved " + seconds(c.Saved),
		}
		b.End = 140 + b.Took + b.Saved + 6
		bars = append(bars, b)
	}
	var out strings.Builder
	err := picture.Execute(&out, map[string]any{
		"Height": 44 + 26*len(bars) + 28, "Foot": 44 + 26*len(bars) + 16,
		"Title": r.headline(), "Space": r.space(), "Bars": bars,
	})
	return out.String(), err
}

var picture = template.Must(template.New("svg").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{{.Height}}" font-family="sans-serif" font-size="12" fill="#222">
<title>{{.Title}}</title>
<rect width="760" height="{{.Height}}" fill="#fff"/>
<text x="10" y="24" font-size="15">{{.Title}}</text>
{{range .Bars}}<text x="132" y="{{.TextY}}" text-anchor="end">{{.Name}}</text><rect x="140" y="{{.Y}}" width="{{.Took}}" height="18" fill="#0072b2"/><rect x="{{.SavedX}}" y="{{.Y}}" width="{{.Saved}}" height="18" fill="#9fd8c4"/><text x="{{.End}}" y="{{.TextY}}">{{.Label}}</text>
{{end}}<text x="10" y="{{.Foot}}" fill="#666">{{.Space}}; dark: time spent, light: time saved</text>
</svg>
`))

// SavedX is where the saved part begins.
func (b bar) SavedX() int { return 140 + b.Took }
