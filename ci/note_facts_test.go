package ci

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The component and the example for GitHub write into the file what a note needs to know, and nothing that is refused.
func TestFactsOfTheNote(t *testing.T) {
	loop := regexp.MustCompile(`for name in ([A-Z_ ]+); do printf '%s=%s\\n' "\$name" "\$\(printenv "\$name"\)"; done >`)
	for file, env := range map[string]string{
		"../templates/pipeline.yml": "testdata/gitlab/merge-request-merged-result.env", "../docs/note.md": "testdata/gitlab/merge-request-detached.env",
		"../examples/ci/github.yml": "testdata/github/pull-request.env",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		values, err := os.ReadFile(env)
		if err != nil {
			t.Fatal(err)
		}
		all, err := ParseDotenv(string(values))
		if err != nil {
			t.Fatal(err)
		}
		names := loop.FindStringSubmatch(string(text))
		if names == nil {
			t.Fatalf("%s writes no file", file)
		}
		var lines []string
		for _, name := range strings.Fields(names[1]) {
			lines = append(lines, name+"="+all[name])
		}
		facts, ok, err := FromFile(strings.Join(lines, "\n"))
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", file, ok, err)
		}
		want, _ := FromMap(all)
		if facts.Server() == "" || facts.Server() != want.Server() || facts.MergeRequest == "" || facts.PipelineID == "" || facts.Commit == "" || facts.Head != want.Head {
			t.Errorf("%s: %+v, want of %+v", file, facts, want)
		}
	}
}
