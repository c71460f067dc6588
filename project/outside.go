package project

import (
	"path"
	"regexp"
	"slices"
)

var leadingOut = regexp.MustCompile(`(?:^|[^\w./-]|(?:\$[({](?:CURDIR|PWD)[)}]|\$\$?PWD|\{toxinidir\})/)((?:\.\./)+[\w.-][\w./-]*)`)

// PathsOut are the paths in a settings file that lead out of the project's
// directory, such as a Makefile's include or a PYTHONPATH, also from a variable that is
// that directory. A directory above the project does not count: it would include
// everything in it.
func PathsOut(text string) []string {
	var out []string
	for _, match := range leadingOut.FindAllStringSubmatch(text, -1) {
		name := path.Clean(match[1])
		if last := path.Base(name); last != ".." && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
