package project

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// versions is a range of versions in the words of a project: a specifier of
// Python's packaging standards (>=3.11,<4) or a constraint of Poetry's (^3.11 ||
// 3.9.*). It holds for a version that one of its alternatives holds for.
type versions [][]bound

// bound is one comparison: an operator and the version that it names.
type bound struct {
	operator string
	version  []int
	any      bool // ends in .*: only the parts that are written count
}

var boundForm = regexp.MustCompile(`^(===|==|!=|~=|>=|<=|>|<|\^|~|=)?\s*v?([0-9]+(?:\.[0-9]+)*)(\.\*)?(?:[-._]?(?:a|b|rc|dev|post|alpha|beta)[0-9.]*)?$`)

// parseVersions reads a range. An empty one and * hold for every version.
func parseVersions(text string) (versions, error) {
	var out versions
	for alternative := range strings.SplitSeq(strings.ReplaceAll(text, "||", "|"), "|") {
		bounds := []bound{}
		for _, part := range splitBounds(alternative) {
			if part == "*" {
				continue
			}
			m := boundForm.FindStringSubmatch(part)
			var version []int
			if m != nil {
				version = numbers(m[2])
			}
			if m == nil || len(version) != strings.Count(m[2], ".")+1 { // a number may be larger than any version's
				return nil, fmt.Errorf("%q is not a version range", text)
			}
			bounds = append(bounds, bound{operator: m[1], version: version, any: m[3] != ""})
		}
		out = append(out, bounds)
	}
	return out, nil
}

var (
	operatorSpace = regexp.MustCompile(`([=<>!~^])\s+`)
	separators    = regexp.MustCompile(`[,\s]+`)
)

// splitBounds parts what commas or blanks part: ">= 3.9, <4" and ">=3.9 <4".
func splitBounds(text string) []string {
	text = operatorSpace.ReplaceAllString(strings.TrimSpace(text), "$1")
	return slices.DeleteFunc(separators.Split(text, -1), func(s string) bool { return s == "" })
}

// hold tells whether a version is in the range.
func (v versions) hold(version []int) bool {
	return len(v) == 0 || slices.ContainsFunc(v, func(bounds []bound) bool {
		return !slices.ContainsFunc(bounds, func(b bound) bool { return !b.holds(version) })
	})
}

// and is what both ranges hold for.
func (v versions) and(other versions) versions {
	if len(v) == 0 {
		return other
	}
	var out versions
	for _, a := range v {
		for _, b := range other {
			out = append(out, slices.Concat(a, b))
		}
	}
	return out
}

func (b bound) holds(version []int) bool {
	order := compare(version, b.version)
	same := order == 0 || b.any && compare(version[:min(len(version), len(b.version))], b.version) == 0
	switch b.operator {
	case "", "=", "==", "===":
		return same
	case "!=":
		return !same
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	}
	return order >= 0 && compare(version, b.end()) < 0
}

// end is the first version after those that ^, ~ and ~= allow.
func (b bound) end() []int {
	last := 0 // the part that grows
	switch {
	case b.operator == "~=":
		last = len(b.version) - 2
	case b.operator == "~" && len(b.version) > 1:
		last = 1
	case b.operator == "^":
		for last < len(b.version)-1 && b.version[last] == 0 {
			last++
		}
	}
	end := slices.Clone(b.version[:max(last, 0)+1])
	end[len(end)-1]++
	return end
}

func compare(a, b []int) int {
	for i := range max(len(a), len(b)) {
		if d := part(a, i) - part(b, i); d != 0 {
			return d
		}
	}
	return 0
}

func part(version []int, i int) int {
	if i < len(version) {
		return version[i]
	}
	return 0
}

// numbers are the parts of a version, up to the first that is no number.
func numbers(version string) []int {
	var out []int
	for text := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(text)
		if err != nil {
			break
		}
		out = append(out, n)
	}
	return out
}
