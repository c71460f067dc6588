package note

import (
	"strings"

	"dagger/pipeline/printable"
)

// Markdown is text for a note in which all that others have named stands in a code
// span.
type Markdown string

// longestName is the most of a name that a note shows, in bytes.
const longestName = 300

// Code is a name as a code span of Markdown that nothing in the name can end: a
// key of a resource or a name of a test is anyone's text, and what stands behind
// a code span may be a mention, a link, HTML or a command to GitLab.
func Code(name string) Markdown {
	text := Line(name)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || text == "" { // Markdown takes one blank away at both ends
		text = " " + text + " "
	}
	return Markdown(fence + text + fence)
}

// Line is a text on one line, as it is to be read, without what ends a cell of a
// table, inside of a code span too.
func Line(text string) string {
	return printable.Line(text, longestName, "|")
}
