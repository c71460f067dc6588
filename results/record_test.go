package results

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestRecord(t *testing.T) {
	record := Record{Key: "test-1", Made: now.Add(-3 * time.Hour), Summary: "12 tests passed", Paths: []string{"dist/a.zip", "b.zip"}}
	got, err := Read(record.Labels(), "test-1", now, DefaultMaxAge)
	if err != nil || got.Key != record.Key || !got.Made.Equal(record.Made) || got.Summary != record.Summary || !slices.Equal(got.Paths, record.Paths) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Labels are anyone's words: a result that does not say what it must is not used.
func TestForeignRecords(t *testing.T) {
	for name, test := range map[string]struct {
		label, value, want string
	}{
		"other inputs":     {keyLabel, "test-2", "other inputs"},
		"no key":           {keyLabel, "", "other inputs"},
		"too old":          {madeLabel, now.Add(-DefaultMaxAge - time.Second).Format(time.RFC3339), "made 7 days ago, more than 7 days"},
		"of the future":    {madeLabel, now.Add(time.Hour).Format(time.RFC3339), "which is to come"},
		"no time":          {madeLabel, "yesterday", "when it was made"},
		"an escape":        {summaryLabel, "12 \x1b[2Jtests", "not a line of text"},
		"two lines":        {summaryLabel, "12 tests\nsection_start:1:x", "not a line of text"},
		"a very long line": {summaryLabel, strings.Repeat("x", longest+1), "not a line of text"},
		"no list":          {pathsLabel, "a.zip", "list of files"},
		"above":            {pathsLabel, `["../a.zip"]`, "list of files"},
		"absolute":         {pathsLabel, `["/etc/passwd"]`, "list of files"},
		"not clean":        {pathsLabel, `["a/../../b"]`, "list of files"},
		"nothing":          {pathsLabel, `[""]`, "list of files"},
	} {
		labels := maps.Clone(Record{Key: "test-1", Made: now, Summary: "12 tests passed", Paths: []string{"a.zip"}}.Labels())
		labels[test.label] = test.value
		if _, err := Read(labels, "test-1", now, DefaultMaxAge); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if _, err := Read(nil, "test-1", now, DefaultMaxAge); err == nil {
		t.Error("an image without labels is taken for a result")
	}
	edge := Record{Key: "k", Made: now.Add(-DefaultMaxAge)}.Labels()
	if _, err := Read(edge, "k", now, DefaultMaxAge); err != nil {
		t.Errorf("a result that is just young enough: %v", err)
	}
}

// What a project makes the summary say can be read again, and is one line.
func TestSummaryOfAnyText(t *testing.T) {
	for _, summary := range []string{"make \x1b[2J\ntest succeeded", strings.Repeat("ä", longest), "::warning::x", ""} {
		labels := Record{Key: "k", Made: now, Summary: summary}.Labels()
		if _, err := Read(labels, "k", now, time.Hour); err != nil {
			t.Errorf("%.20q: %v", summary, err)
		}
	}
}

func TestMaxAge(t *testing.T) {
	for text, want := range map[string]time.Duration{"": DefaultMaxAge, "24h": 24 * time.Hour, "0": 0, "0s": 0} {
		if got, err := ParseMaxAge(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"7d", "-1h", "week", "12"} {
		if _, err := ParseMaxAge(bad); err == nil || !strings.Contains(err.Error(), "--results-max-age") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A registry keeps a result for at least as long as it may be used.
func TestDays(t *testing.T) {
	for maxAge, want := range map[time.Duration]int{DefaultMaxAge: 8, 0: 1, 25 * time.Hour: 2} {
		if got := Days(maxAge); got != want {
			t.Errorf("%v: %d days, want %d", maxAge, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min", 3 * time.Hour: "3 h", 47 * time.Hour: "47 h", 50 * time.Hour: "2 days"} {
		if got := Age(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
