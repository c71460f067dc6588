package page

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
)

// full is a run that has everything, in which all that others name is called the same.
func full(name Name) Run {
	before, coverage, covered := 1_310_000, 91.4, 90.1
	began := time.Date(2026, 1, 2, 9, 30, 0, 0, time.UTC)
	r := Run{
		Environment: name, Commit: name, Link: "https://ci.example/shop/-/pipelines/7", Address: name,
		Tests: &Tests{Total: 3, Failed: 1, Skipped: 1, Seconds: 4.2, Coverage: &coverage, Before: &covered, Cases: []Case{
			{name, "passed", 2.5}, {name, "skipped", 0}, {name, "failed", 0.4}}},
		Plans:    []Plan{{name, "1 to add, 0 to change, 1 to destroy", []Change{{"destroy", name, ""}, {"move", name, name}}}},
		Packages: []Package{{name, 1_250_000, &before}},
	}
	r.Engine = Engine{
		Calls: []Call{{Function: name, Started: began, Seconds: 9, Ran: 1, Reused: 1, Saved: 30, Steps: []Step{
			{Name: name, Kind: "image", Start: 0.2, Seconds: 2, Bytes: 48_000_000},
			{Name: name, Kind: "command", Cached: true, Start: 2.2, Saved: 30, Known: true},
			{Name: name, Kind: "command", Start: 2.4, Seconds: 5, Failed: true},
			{Name: name, Kind: "command", Start: 2.4, Seconds: 1}}}},
		Earlier:  []Call{{Function: name, Started: began.Add(-time.Hour), Seconds: 44}},
		Space:    &Space{528_000_000, 24},
		Versions: []Version{{name, name}},
	}
	return r
}

func page(t *testing.T, r Run) string {
	t.Helper()
	var b strings.Builder
	if err := Render(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tricks are names that would be more than a name.
var tricks = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "</style><script>alert(1)</script>",
	"</title><script>alert(1)</script>", "<!--", "-->", "javascript:alert(1)", "https://evil.example/\" onclick=\"alert(1)", "&lt;b&gt;", "&#60;b&#62;", "{{.}}", "</li></ol>",
	"<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//evil.example>", "<iframe src=//evil.example>", "`${alert(1)}`",
	"\x00\x07\x1b[31m", "\u202egnp.exe", "\u2066x\u2069", "\u2028", "\u200b", "\ufeff", "\xff\xfe", strings.Repeat("A", 10_000), strings.Repeat("<b>", 5_000), strings.Repeat("\u202e", 5_000),
}

var tag = regexp.MustCompile(`<[^>]*>`)

// The tags of the page are the same for every name, and no character is hidden.
func TestNoNameTakesEffect(t *testing.T) {
	plain := page(t, full("harmless"))
	want := strings.Join(tag.FindAllString(plain, -1), "\n")
	if n := strings.Count(plain, "harmless"); n < 15 {
		t.Fatalf("the name stands in %d places", n)
	}
	for _, name := range tricks {
		got := page(t, full(Name(name)))
		if tags := strings.Join(tag.FindAllString(got, -1), "\n"); tags != want {
			t.Errorf("%.60q makes other tags", name)
		}
		text, err := JSON(full(Name(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got + string(text) {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%.60q: the page has the character %U", name, r)
				break
			}
		}
		if len(got) > len(plain)+60*longestName*6 {
			t.Errorf("%.60q: the page is %d bytes long", name, len(got))
		}
	}
}

// Whatever the run, nothing of the page leads to a request, and its policy would not allow one.
func TestNoRequest(t *testing.T) {
	text := html.UnescapeString(page(t, full("harmless")))
	if !strings.Contains(text, `content="default-src 'none';`) || strings.Count(text, "<style>") != 1 {
		t.Error("the policy allows more than the style")
	}
	if found := regexp.MustCompile(`(?i)<(script|img|link|iframe|object|base)|\ssrc=|url\(|@import`).FindString(text); found != "" {
		t.Errorf("the page has %q", found)
	}
	if !strings.Contains(text, `href="https://ci.example/shop/-/pipelines/7"`) {
		t.Error("the link to the pipeline is lost")
	}
}

// An empty run says of each part that it is not known.
func TestWhatIsMissingIsSaid(t *testing.T) {
	text := page(t, Run{})
	for _, want := range []string{"critical path", "trend", "reports/junit.xml", "plan/summary.json", "artifact.zip"} {
		if !strings.Contains(strings.ToLower(text), want) {
			t.Errorf("the page does not say that %q is missing", want)
		}
	}
	if text := page(t, full("harmless")); strings.Contains(text, "Not known to this page") {
		t.Error("a run that has everything misses something")
	}
}

func TestCriticalPath(t *testing.T) {
	steps := []Step{
		{Name: "pull", Start: 0, Seconds: 2}, {Name: "side", Start: 0, Seconds: 1.5}, {Name: "install", Start: 2.002, Seconds: 3},
		{Name: "reused", Start: 1, Seconds: 0, Cached: true}, {Name: "tests", Start: 5.5, Seconds: 4}, {Name: "short", Start: 5.5, Seconds: 1},
	}
	var got []string
	path := critical(steps)
	for i, s := range steps {
		if path[i] {
			got = append(got, string(s.Name))
		}
	}
	if want := "[pull install tests]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestFailedTestsAreFirstThenTheSlowest(t *testing.T) {
	tests := Tests{Cases: []Case{{"a", "passed", 1}, {"b", "failed", 0.1}, {"c", "skipped", 0}, {"d", "passed", 3}, {"e", "failed", 2}}}
	var got []string
	for _, r := range tests.rows().Rows {
		got = append(got, string(r.Name))
	}
	if want := "[e b d a c]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// Of very much, the page has the first rows, folds some and counts the rest.
func TestMuchIsCut(t *testing.T) {
	r := Run{Tests: &Tests{}}
	for i := range 20_000 {
		r.Tests.Cases = append(r.Tests.Cases, Case{Name(fmt.Sprint("test", i)), "passed", 1})
	}
	text := page(t, r)
	if len(text) > 500_000 || !strings.Contains(text, "and 19500 more, which run.json has") {
		t.Errorf("%d bytes, or it does not say what is left out", len(text))
	}
}

// What the embedded engine's report gives is what the page reads: its own test writes this file.
func TestReportOfTheEmbeddedEngine(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "embedded", "report", "testdata", "calls.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	var e Engine
	if err := d.Decode(&e); err != nil {
		t.Fatal(err)
	}
	if len(e.Calls) != 1 || len(e.Calls[0].Steps) < 3 || len(e.Earlier) != 1 || e.Space == nil || len(e.Versions) == 0 {
		t.Errorf("something is lost: %+v", e)
	}
}
