package project

import (
	"regexp"
	"slices"
	"strings"
)

// egg is the name of a package that a requirement with an address has behind it.
var egg = regexp.MustCompile(`[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)`)

// Unnamed are the requirements that no line of some requirements files is about; others are
// names of packages that are there besides. A requirement with a marker is none of them:
// what compiles such files leaves it out where it does not hold. Nor is any where a line
// does not say its package's name.
func Unnamed(requires []string, text string, others []string) (out []string) {
	var named []string
	for _, name := range others {
		named = append(named, normal(name))
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		before, _, address := strings.Cut(line, "://")
		switch m := egg.FindStringSubmatch(line); {
		case line == "" || line[0] == '#':
		case m != nil:
			named = append(named, normal(m[1]))
		case strings.HasPrefix(line, "-"):
		case address && !strings.Contains(before, "@") || isFile(line):
			return nil
		default:
			named = append(named, normal(requirement(line).Name))
		}
	}
	for _, line := range requires {
		if !strings.Contains(line, ";") && !slices.Contains(named, normal(requirement(line).Name)) {
			out = append(out, line)
		}
	}
	return out
}
