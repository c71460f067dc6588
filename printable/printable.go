// Package printable removes from text whatever would affect the terminal that shows it,
// or the CI system that keeps it as a log: the functions that run a project's own
// commands pass their output on. Colours stay.
package printable

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// sequence is a control sequence of a terminal: of the kind ESC [, of the kinds
	// that end with BEL or ESC \, or a short one.
	sequence = regexp.MustCompile("\x1b(?:" + `\[[0-?]*[ -/]*[@-~]` + "|" + `[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)` + "|" + `[ -/]*[0-OQ-WYZ\\` + "`-~])")
	colour   = regexp.MustCompile("^\x1b" + `\[[0-9;:]*m$`)

	// Commands that GitLab, Azure Pipelines, TeamCity, GitHub and Travis take from a
	// line of the log, and GitHub from the start of one, after any blanks of Unicode.
	anywhere = regexp.MustCompile(`(section_(?:start|end)|travis_(?:fold|time)|##)(:|(?:vso|teamcity)?\[)`)
	// Buildkite starts a group at lines like these. Whether Buildkite keeps the log is
	// not known here, so a diff gets the space too.
	groups  = regexp.MustCompile(`(?m)^((?:\x1b\[[0-9;:]*m|[ \t\p{Z}\p{Cf}])*)(---|\+\+\+|~~~|\^\^\^)([ \t\p{Z}])`)
	atStart = regexp.MustCompile(`(?m)^((?:\x1b\[[0-9;:]*m|[ \t\p{Z}\p{Cf}])*:)(:[a-zA-Z])`)
)

// String is text without control sequences other than colours, and with a space
// inserted into anything that would be a command.
func String(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var b strings.Builder
	for at := 0; at < len(text); {
		next := strings.IndexByte(text[at:], '\x1b')
		if next < 0 {
			next = len(text) - at
		}
		b.WriteString(strings.Map(show, text[at:at+next]))
		if at += next; at == len(text) {
			break
		}
		if s := sequence.FindString(text[at:]); s != "" && strings.HasPrefix(text[at:], s) {
			if colour.MatchString(s) {
				b.WriteString(s)
			}
			at += len(s)
		} else {
			at++
		}
	}
	text = anywhere.ReplaceAllString(b.String(), "$1 $2")
	text = groups.ReplaceAllString(text, "$1 $2$3")
	return atStart.ReplaceAllString(text, "$1 $2")
}

// show drops control characters, and those that turn the order of what is shown
// around; a carriage return ends the line that it would write over.
func show(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case r == '\r':
		return '\n'
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return -1
	}
	return r
}
