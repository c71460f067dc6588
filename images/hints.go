package images

import (
	"regexp"
	"slices"
	"strings"
)

// hint is a line that package managers print after an error and that does not tell it: how to
// see more, whose fault it is not, where in their own code it happened.
var hint = regexp.MustCompile(`^\s*(?:You can also run your .*command with -v|\[notice\]|(?:note|hint|help): |│?\s*help: |Note: This error originates from|This (?:error originates|is an issue with|behavior is)|\d+│ |at /\S+\.py:\d+ in )`)

// WithoutHints is what a command printed without them, so that its last line is its error.
func WithoutHints(output string) string {
	lines := slices.DeleteFunc(strings.Split(output, "\n"), hint.MatchString)
	return strings.Join(lines, "\n")
}
