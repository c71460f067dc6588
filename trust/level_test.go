package trust

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, level := range []Level{Open, Protected} {
		if got, err := Parse(string(level)); err != nil || got != level {
			t.Errorf("%q: got %q, %v", level, got, err)
		}
	}
	for _, bad := range []string{"", "Protected", "protected ", "prod", "true"} {
		if got, err := Parse(bad); err == nil || got != "" || !strings.Contains(err.Error(), "write protected") {
			t.Errorf("%q: got %q, %v", bad, got, err)
		}
	}
}

func TestLevels(t *testing.T) {
	for _, test := range []struct {
		level  Level
		reads  []Level
		writes Level
		path   string
	}{
		{Open, []Level{Open, Protected}, Open, "group/app/open"},
		{Protected, []Level{Protected}, Protected, "group/app"},
		// What is no level may do no more than an open run.
		{"", []Level{Open, Protected}, Open, "group/app/open"},
		{"other", []Level{Open, Protected}, Open, "group/app/open"},
	} {
		if got := test.level.Reads(); !slices.Equal(got, test.reads) {
			t.Errorf("%q reads %q, want %q", test.level, got, test.reads)
		}
		if got := test.level.Writes(); got != test.writes {
			t.Errorf("%q writes %q, want %q", test.level, got, test.writes)
		}
		if got := test.level.Path("group/app"); got != test.path {
			t.Errorf("%q is at %q, want %q", test.level, got, test.path)
		}
	}
}

func TestReadsForAnEnvironment(t *testing.T) {
	for _, level := range []Level{Open, Protected, ""} {
		if got := level.ReadsFor(true); !slices.Equal(got, []Level{Protected}) {
			t.Errorf("%q reads %q for an environment that lasts", level, got)
		}
		if got := level.ReadsFor(false); !slices.Equal(got, level.Reads()) {
			t.Errorf("%q reads %q for one of a merge request", level, got)
		}
	}
}

// No path of a protected thing may be that of somebody's open one.
func TestCheckPath(t *testing.T) {
	for path, good := range map[string]bool{
		"": true, "group/app": true, "group/opener": true, "group/re-open": true,
		"open": false, "group/open": false, "open/app": false, "group/open/app": false,
	} {
		if err := CheckPath(path); (err == nil) != good {
			t.Errorf("%q: %v", path, err)
		}
	}
}
