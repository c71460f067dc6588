package project

import "regexp"

// PythonAsked is a range of Python's versions, and where it is asked for.
type PythonAsked struct{ Where, Range string }

// PythonAsked is what the project asks of the Python of an image that was named. What
// a file such as .python-version says counts where nothing else says a version: it is
// what a team works with, not what the project requires.
func (p Project) PythonAsked(required, file, text string) (out []PythonAsked) {
	if minor := cpython.FindStringSubmatch(p.Settings.Python); minor != nil {
		out = append(out, PythonAsked{"tool.pipeline.python", "==3." + minor[1] + ".*"})
	}
	if p.RequiresPython != "" {
		out = append(out, PythonAsked{required, p.RequiresPython})
	}
	asked := AskedPython(text)
	if minor := cpython.FindStringSubmatch(asked); minor != nil {
		asked = "==3." + minor[1] + ".*"
	} else if !isRange.MatchString(asked) {
		return out
	}
	if len(out) == 0 {
		out = append(out, PythonAsked{file, asked})
	}
	return out
}

var release = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)*`)

// HeldBy reports whether it holds for a version of Python, such as 3.11.2 or 3.14.0rc1. A
// range that cannot be read is for the package manager to judge.
func (a PythonAsked) HeldBy(version string) bool {
	allowed, err := parseVersions(a.Range)
	return err != nil || allowed.hold(numbers(release.FindString(version)))
}
