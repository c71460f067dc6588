package steps

import (
	"strings"
	"testing"
)

// Tags are written in more ways than versions. A text that is not a version would end up in
// the package's metadata, which no installer could read.
func TestProjectVersion(t *testing.T) {
	for asked, want := range map[string]string{
		"1.2.3": "1.2.3", "v1.2.3": "1.2.3", "V1.2": "1.2", " v1.2.3-rc.1\n": "1.2.3rc1", "1.2.3.dev4+g0123abc": "1.2.3.dev4+g0123abc", "1.2.3-5": "1.2.3.post5",
		"1.2.3-5-gabc123": "", "release-1.2.3": "", "v1.2.3-dirty": "", "latest": "", "1.2.3\nName: other": "",
	} {
		got, err := NewRun(Settings{ProjectVersion: asked}, "").projectVersion(t.Context())
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "it is no version of Python's: write one such as 1.2.3") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %q, %v, want it refused", asked, got, err)
			}
		} else if got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", asked, got, err, want)
		}
	}
}
