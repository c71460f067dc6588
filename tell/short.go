package tell

import "strings"

// longest is how much of a command's own words goes into a line.
const longest = 200

// Short is a line of somebody else's, cut in its middle where it is too long to be read: it
// says at its beginning what it is of, and at its end what went wrong.
func Short(line string) string { return ShortTo(longest, line) }

// ShortTo is Short with another length, in characters. Words stay whole where they can.
func ShortTo(most int, line string) string {
	const gap = " ... "
	all := []rune(line)
	if len(all) <= most {
		return line
	}
	half := (most - len(gap)) / 2
	head, tail := string(all[:half]), string(all[len(all)-half:])
	if at := strings.LastIndex(head, " "); at > len(head)/2 {
		head = head[:at]
	}
	if at := strings.Index(tail, " "); at >= 0 && at < len(tail)/2 {
		tail = tail[at+1:]
	}
	return strings.TrimSpace(head) + gap + strings.TrimSpace(tail)
}
