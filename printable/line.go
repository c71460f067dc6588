package printable

import (
	"fmt"
	"strings"
	"unicode"
)

// Line is a text that others have named on one line, as it is to be read: what breaks a line, moves the cursor or
// turns the direction of writing is shown by its number, and so is what of the characters of hidden it has. Of a longer
// one the first bytes are shown.
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
