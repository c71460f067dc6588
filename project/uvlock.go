package project

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// localSource is the line of a uv.lock that says that a package is one of the
// repository.
var localSource = regexp.MustCompile(`(?m)^source = \{ (?:editable|virtual|directory) = `)

// HasMember tells whether the workspace of a uv.lock has a member in a directory. What is
// no more than a dependency by its path is none.
func HasMember(lock, dir string) bool {
	if !strings.Contains(lock, `"`+path.Clean(dir)+`"`) {
		return false
	}
	var doc struct {
		Manifest struct{ Members []string }
		Package  []lockedPackage
	}
	return toml.Unmarshal([]byte(lock), &doc) == nil && slices.ContainsFunc(doc.Package, func(l lockedPackage) bool {
		return l.Source.uvDir() == path.Clean(dir) && slices.Contains(doc.Manifest.Members, l.Name)
	})
}

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

// UVRequirement is a pip requirement for uv that a project's required-version allows: the
// version that is usual here, or the newest of its range. It stands in the text of a
// uv.toml, else in the pyproject.toml beside uv.lock.
func UVRequirement(pyproject, settings, usual string) (string, error) {
	var doc struct {
		Tool struct {
			UV struct {
				Required string `toml:"required-version"`
			}
		}
	}
	into, text, name := any(&doc), pyproject, "pyproject.toml"
	if settings != "" {
		into, text, name = &doc.Tool.UV, settings, "uv.toml"
	}
	if err := toml.Unmarshal([]byte(text), into); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, positioned(err))
	}
	required := strings.TrimSpace(doc.Tool.UV.Required)
	allowed, err := parseVersions(required)
	if err != nil {
		return "", fmt.Errorf("reading required-version of uv in %s: %w", name, err)
	}
	switch {
	case allowed.hold(numbers(usual)):
		return "uv==" + usual, nil
	case required[0] >= '0' && required[0] <= '9':
		return "uv==" + required, nil
	}
	return "uv" + required, nil
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
