package project

import (
	"regexp"
	"strings"
)

// localSource is the line of a uv.lock that says that a package is one of the
// repository.
var localSource = regexp.MustCompile(`(?m)^source = \{ (?:editable|virtual|directory) = `)

// lockedPython is the line before the packages that says for which versions of Python a lock
// file was made: in a workspace, those that all its members allow.
var lockedPython = regexp.MustCompile(`(?m)^requires-python = "(.*)"$`)

// LockedPython is the range of Python's versions of a uv.lock, or "".
func LockedPython(lock string) string {
	head, _, _ := strings.Cut(lock, "\n[[package]]")
	if m := lockedPython.FindStringSubmatch(head); m != nil {
		return m[1]
	}
	return ""
}

var versionLine = regexp.MustCompile(`(?m)^version = ".*"$`)

// WithoutVersions sets the version of each package of the repository in a
// uv.lock to that of UVDependencyProject, so that a new version of one of them
// installs nothing again.
func WithoutVersions(lock string) string {
	blocks := strings.SplitAfter(lock, "\n[[package]]\n")
	for i, block := range blocks {
		if localSource.MatchString(block) {
			if at := versionLine.FindStringIndex(block); at != nil {
				blocks[i] = block[:at[0]] + `version = "0"` + block[at[1]:]
			} else { // its version is dynamic
				blocks[i] = strings.Replace(block, "\nsource = {", "\nversion = \"0\"\nsource = {", 1)
			}
		}
	}
	return strings.Join(blocks, "")
}
