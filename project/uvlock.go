package project

import (
	"regexp"
	"strings"
)

// localSource is the line of a uv.lock that says that a package is one of the
// repository.
var localSource = regexp.MustCompile(`(?m)^source = \{ (?:editable|virtual|directory) = `)

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
