package project

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
		asked, where = AskedPython(pythonVersion), ".python-version"
	}
	allowed, err := parseVersions(p.RequiresPython)
	if err != nil {
		return 0, fmt.Errorf("reading requires-python: %w", err)
	}
	if implementation := otherPython.FindString(asked); implementation != "" {
		return 0, fmt.Errorf("choosing Python: %s says %s, and the app container's own images have CPython alone: name an image of %s with --python-image, or python-image in [tool.pipeline]", where, asked, implementation)
	}
	if m := cpython.FindStringSubmatch(asked); m != nil {
		minor, _ := strconv.Atoi(m[1])
		if !allowed.holdMinor(minor) && !allowed.namePatch(minor) {
			return 0, fmt.Errorf("choosing Python: %s says %s, and requires-python %s: make them fit", where, asked, p.RequiresPython)
		}
		return minor, nil
	}
	if more, err := parseVersions(asked); err == nil && isRange.MatchString(asked) { // as uv reads there
		allowed = allowed.and(more)
	}
	for _, holds := range []func(int) bool{allowed.holdMinor, allowed.namePatch} {
		if holds(defaultPython) {
			return defaultPython, nil
		}
		for minor := newestPython; minor >= oldestPython; minor-- {
			if holds(minor) {
				return minor, nil
			}
		}
	}
	return 0, fmt.Errorf("choosing Python: requires-python %s allows none of 3.%d to 3.%d: name an image with --python-image", p.RequiresPython, oldestPython, newestPython)
}

// The patch of the default's image, which is pinned, and what stands for the newest one,
// which the images of the other versions have.
const (
	pinnedPatch = 8
	newestPatch = 99
)

// PythonTag is the version in the name of the image with the project's Python: 3.11, or
// with a patch where the image is pinned or the project allows that alone.
func (p Project) PythonTag(pythonVersion string) (string, error) {
	minor, err := p.Python(pythonVersion)
	if err != nil {
		return "", err
	}
	allowed, _ := parseVersions(p.RequiresPython)
	patches := append([]int{newestPatch}, allowed.patches(minor)...)
	if minor == defaultPython {
		patches = append([]int{pinnedPatch}, patches...)
	}
	for _, patch := range patches {
		if !allowed.hold([]int{3, minor, patch}) {
			continue
		}
		if patch == newestPatch {
			break
		}
		return fmt.Sprintf("3.%d.%d", minor, patch), nil
	}
	return fmt.Sprintf("3.%d", minor), nil
}

// holdMinor tells whether a range holds for the Python of the usual image of 3.minor.
func (v versions) holdMinor(minor int) bool {
	return v.hold([]int{3, minor, newestPatch}) || minor == defaultPython && v.hold([]int{3, minor, pinnedPatch})
}

// namePatch tells whether a range names a patch of 3.minor that it holds for.
func (v versions) namePatch(minor int) bool {
	return slices.ContainsFunc(v.patches(minor), func(patch int) bool { return v.hold([]int{3, minor, patch}) })
}

// patches are those of 3.minor that a range names.
func (v versions) patches(minor int) (out []int) {
	for _, bounds := range v {
		for _, b := range bounds {
			if part(b.version, 0) == 3 && len(b.version) > 1 && b.version[1] == minor {
				out = append(out, part(b.version, 2))
			}
		}
	}
	return out
}

// What .python-version names: pyenv's and uv's words for a version, and Pythons that
// are not CPython.
var (
	cpython     = regexp.MustCompile(`^(?:cpython[-@]?|python-?)?3\.([0-9]+)(?:[^0-9].*)?$`)
	isRange     = regexp.MustCompile(`^[<>=!~]`)
	otherPython = regexp.MustCompile(`^(?:pypy|graalpy|jython|stackless|miniconda|anaconda|mambaforge|miniforge)`)
)

// AskedPython is the version that a file .python-version asks for: the first of its
// words that names one, else its first. Pyenv's list may begin with its name for a
// virtual environment.
func AskedPython(text string) string {
	words := strings.Fields(withoutComments(text))
	for _, word := range words {
		if cpython.MatchString(word) || otherPython.MatchString(word) {
			return word
		}
	}
	return strings.Join(words, " ")
}

// NamesPython reports whether the text of a .python-version says a version, or a range of
// them.
func NamesPython(text string) bool {
	asked := AskedPython(text)
	return isRange.MatchString(asked) || cpython.MatchString(asked) || otherPython.MatchString(asked)
}

// NamesPatch reports whether it says a patch of one, such as 3.12.4.
func NamesPatch(text string) bool { return patch.MatchString(AskedPython(text)) }

var patch = regexp.MustCompile(`(?:^|[-@n])3\.[0-9]+\.[0-9]+`)

// IsPython reports whether it says one of CPython that fits what the project requires.
func (p Project) IsPython(text string) bool {
	if !NamesPython(text) {
		return false
	}
	_, err := p.Python(text)
	return err == nil
}

// IsRuntime reports whether a runtime.txt names a Python, as Heroku and others read it.
func IsRuntime(text string) bool { return runtime.MatchString(strings.TrimSpace(text)) }

var runtime = regexp.MustCompile(`^(?:python-)?3\.[0-9]+(?:\.[0-9]+)?$`)

// ToolVersion is the version of a tool in a .tool-versions file, as asdf and mise read
// it: the first of its line.
func ToolVersion(text, tool string) string {
	for line := range strings.Lines(withoutComments(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == tool {
			return words[1]
		}
	}
	return ""
}

// SetupPython is the range of Python's versions in a setup.cfg or setup.py, "" where it
// says none, or says it by code.
func SetupPython(text string) string {
	if m := setupPython.FindStringSubmatch(text); m != nil {
		if _, err := parseVersions(m[1]); err == nil {
			return strings.TrimSpace(m[1])
		}
	}
	return ""
}

var setupPython = regexp.MustCompile(`(?m)^[^#\n]*\bpython_requires\s*=\s*["']?([^"'\n#]+)`)

func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}
