package aws

import (
	"regexp"
	"strings"
	"testing"
	check "testing/quick"
	"unicode/utf8"
)

func TestSessionName(t *testing.T) {
	for _, tt := range []struct {
		facts Facts
		want  string
	}{
		{Facts{"group/app", "4711", "mr-7"}, "group-app-mr-7-4711"},
		{Facts{"Ünï çode", "1", "prod"}, "n-ode-prod-1"},
		{Facts{"", "", ""}, "pipeline"},
		{Facts{"", "", "x"}, "pipeline-x"},
		{Facts{"//", "  ", "staging"}, "staging"},
		{Facts{"a=b+c@d.e,f_g", "", "prod"}, "a=b+c@d.e,f_g-prod"},
	} {
		if got := SessionName(tt.facts); got != tt.want {
			t.Errorf("%+v gives %q, want %q", tt.facts, got, tt.want)
		}
	}
	long := strings.Repeat("x", 80)
	a, b := SessionName(Facts{long, "1", "prod"}), SessionName(Facts{long, "2", "prod"})
	if len(a) != 64 || a == b {
		t.Errorf("long names %q and %q", a, b)
	}
}

// The grammar of STS, as its API reference gives it, holds whatever the facts are.
func TestNamesAndTagsFitSTS(t *testing.T) {
	name := regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	value := regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	law := func(project, pipeline, environment string) bool {
		f := Facts{project, pipeline, environment}
		if !name.MatchString(SessionName(f)) {
			t.Logf("name %q", SessionName(f))
			return false
		}
		for _, tag := range f.tags() {
			if !value.MatchString(tag.value) || utf8.RuneCountInString(tag.value) > 256 || tag.value == "" {
				t.Logf("tag %q", tag.value)
				return false
			}
		}
		return true
	}
	if err := check.Check(law, &check.Config{MaxCount: 3000}); err != nil {
		t.Error(err)
	}
	if !law(strings.Repeat("ß$", 400), "\x00\xff", "\n") {
		t.Error("long and broken facts")
	}
}

func TestRelativeContainerURI(t *testing.T) {
	if got := (Config{ContainerURI: "/v2/credentials/x"}).containerURL(); got != "http://169.254.170.2/v2/credentials/x" {
		t.Errorf("relative URI gives %q", got)
	}
}
