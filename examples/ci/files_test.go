package ci

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// What a project begins with is of the newest version.
func TestVersionIsTheNewest(t *testing.T) {
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## (\d\S*)`).FindStringSubmatch(string(changelog))
	if newest == nil || "v"+newest[1] != Version {
		t.Errorf("the version is %s, that of CHANGELOG.md %q", Version, newest)
	}
	text, err := Files.ReadFile("gitlab.yml")
	if err != nil || strings.Count(string(text), "pipeline@"+Version+"\n") != 2 {
		t.Errorf("gitlab.yml does not include %s: %v", Version, err)
	}
}
