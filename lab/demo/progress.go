package main

import (
	"regexp"
	"strings"
)

var (
	stepName   = regexp.MustCompile(`^#(\d+) (exec |pull )(.*)$`)
	stepOutput = regexp.MustCompile(`^#(\d+) \d+\.\d+ (.+)$`)
	stepEnd    = regexp.MustCompile(`^#(\d+) (CACHED|DONE|ERROR|CANCELED)`)
)

// progress turns the lines of `pipeline call --progress plain` into the current activity, for a live
// line: the command that runs in a container, and its last line of output.
type progress struct {
	names map[string]string // of commands and pulls that have begun, by number
}

// line returns what to show after a line of progress; ok is false when nothing changed.
func (p *progress) line(text string) (shown string, ok bool) {
	if p.names == nil {
		p.names = map[string]string{}
	}
	if m := stepEnd.FindStringSubmatch(text); m != nil {
		delete(p.names, m[1])
		return "", false
	}
	if m := stepName.FindStringSubmatch(text); m != nil {
		p.names[m[1]] = shortName(strings.TrimPrefix(m[2]+m[3], "exec "))
		return p.names[m[1]], true
	}
	if m := stepOutput.FindStringSubmatch(text); m != nil && p.names[m[1]] != "" {
		return p.names[m[1]] + ": " + m[2], true
	}
	if text != "" && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "go: downloading ") {
		return text, true // a notice, such as that the module is built
	}
	return "", false
}

// shortName is a command without long and uninformative parts.
func shortName(name string) string {
	name = strings.TrimPrefix(name, "sh -c ... ")
	if verb, ok := strings.CutPrefix(name, "python3 -I /opt/pipeline/run.py "); ok {
		return "the project's " + verb
	}
	for _, tool := range []string{"terraform", "make"} {
		if words := strings.Fields(name); len(words) > 1 && words[0] == tool {
			return tool + " " + words[1]
		}
	}
	return name
}
