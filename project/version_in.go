package project

import (
	"regexp"
	"strings"
)

var assigned = regexp.MustCompile(`(?m)^\s*(?:__version__|VERSION|version|__VERSION__)\s*(?::[^=\n]*)?=\s*["']([^"'\n]+)["']`)

// VersionIn finds a version in a module or in a file that holds nothing else.
func VersionIn(text string) string {
	if m := assigned.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if words := strings.Fields(text); len(words) == 1 {
		return words[0]
	}
	return ""
}
