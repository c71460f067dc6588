package main

import (
	"regexp"
	"slices"
	"strings"
)

// ongoing follows the lab's progress: "WHAT ..." begins an activity, "WHAT ... 12s" ends it, and several
// run at once.
type ongoing struct{ names []string }

var ended = regexp.MustCompile(`^(.*) \.\.\. [\d.]+s`)

// line returns the current activities after a line.
func (o *ongoing) line(text string) string {
	text = strings.TrimPrefix(text, "lab: ")
	switch {
	case strings.HasSuffix(text, " ..."):
		o.names = append(o.names, strings.TrimSuffix(text, " ..."))
	case ended.MatchString(text):
		name := ended.FindStringSubmatch(text)[1]
		o.names = slices.DeleteFunc(o.names, func(n string) bool { return n == name })
	default:
		return text
	}
	return strings.Join(o.names, "; ")
}
