package note

import (
	"strings"

	"dagger/pipeline/printable"
)

// Markdown is text for a note in which all untrusted names are in code spans.
type Markdown string

// longestName is how many bytes of a name a note shows.
const longestName = 300

// Code is a name as a Markdown code span that nothing in the name can end. Anyone
// can choose the key of a resource or the name of a test, and text after the end of
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

// Line is a text on one line, in readable form, without the character that ends a
// table cell even inside a code span.
func Line(text string) string {
	return printable.Line(text, longestName, "|")
}
