package printable

import (
	"fmt"
	"strings"
	"unicode"
)

// Line is an untrusted text on one line, in readable form: characters that break a line, move the cursor or
// change the direction of writing are shown by their number, and so are the characters of hidden. A text that is too
// long is cut.
func Line(text string, longest int, hidden string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case b.Len() >= longest:
			return b.String() + "..."
		case unicode.IsPrint(r) && !strings.ContainsRune(hidden, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}
