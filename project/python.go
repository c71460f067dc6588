package project

import (
	"fmt"
	"strings"
)

// The minor versions of Python 3 that there are images of, and the one that is
// taken where a project allows it.
const (
	oldestPython  = 9
	newestPython  = 14
	defaultPython = 12
)

// Python is the minor version of Python 3 that the project is to run on: the one
// of its table, that of .python-version, the default where requires-python
// allows it, else the newest that it allows.
func (p Project) Python(pythonVersion string) (int, error) {
	asked, where := p.Settings.Python, "tool.pipeline.python"
	if asked == "" {
		asked, where = firstWord(pythonVersion), ".python-version"
	}
	allowed, err := parseVersions(p.RequiresPython)
	if err != nil {
		return 0, fmt.Errorf("reading requires-python: %w", err)
	}
	if v := numbers(strings.TrimPrefix(asked, "cpython-")); len(v) >= 2 && v[0] == 3 {
		if !allowed.holdMinor(v[1]) {
			return 0, fmt.Errorf("choosing Python: %s says %s, and requires-python %s: make them fit", where, asked, p.RequiresPython)
		}
		return v[1], nil
	}
	for minor, first := newestPython, defaultPython; minor >= oldestPython; minor-- {
		if allowed.holdMinor(first) {
			return first, nil
		}
		first = minor
	}
	if allowed.holdMinor(oldestPython) {
		return oldestPython, nil
	}
	return 0, fmt.Errorf("choosing Python: requires-python %s allows none of 3.%d to 3.%d: name an image with --python-image", p.RequiresPython, oldestPython, newestPython)
}

// holdMinor tells whether a range holds for any patch of Python 3.minor.
func (v versions) holdMinor(minor int) bool {
	for patch := range 50 {
		if v.hold([]int{3, minor, patch}) {
			return true
		}
	}
	return false
}

// firstWord is the first of a file's words that is no comment: .python-version
// may list several versions, the preferred one first.
func firstWord(text string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			return words[0]
		}
	}
	return ""
}
