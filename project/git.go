package project

import (
	"regexp"
	"strings"
)

// cloned are the forms in which lock and requirements files name a git repository
// that a package comes from: Poetry's, uv's and pip's.
var cloned = regexp.MustCompile(`(?m)^type = "git"|\bgit = "|\btype = "git"|\bgit\+(?:https?|ssh|file)://`)

// Clones reports whether a lock or requirements file takes a package from a git
// repository, so that what installs it needs git.
func Clones(lock string) bool { return cloned.MatchString(lock) }

// overSSH are addresses of git repositories that are reached over SSH, in those forms.
var overSSH = regexp.MustCompile(`\b(?:git\+)?(ssh://[^\s"'#?;,]+)|"(?:git\+)?([\w.-]+@[\w.-]+:[^\s"#?;,]+)"`)

// ClonesOverSSH is the first such address in a lock or requirements file, "" for none.
func ClonesOverSSH(lock string) string {
	m := overSSH.FindStringSubmatch(lock)
	if m == nil || !Clones(lock) {
		return ""
	}
	return First(m[1], m[2])
}

// fromGit are build requirements that take a version from git, where the project does
// not say it itself.
var fromGit = []string{"setuptools-scm", "hatch-vcs", "flit-scm", "setuptools-git-versioning", "versioningit", "vcs-versioning", "uv-dynamic-versioning"}

// versionTool is what takes the project's version from git, "" where nothing does.
func (p pyproject) versionTool() string {
	source := p.Tool.Hatch.Version.Source
	switch {
	case p.Tool.PoetryDynamicVersioning.Enable:
		return "poetry-dynamic-versioning"
	case p.Tool.PDM.Version.Source == "scm":
		return "pdm-backend"
	case p.Project.Version != "" || p.Tool.Poetry != nil && p.Tool.Poetry.Version != "":
		return ""
	case strings.HasPrefix(p.BuildSystem.Backend, "hatchling") && source != "vcs" && source != "uv-dynamic-versioning":
		return ""
	}
	for _, requirement := range p.BuildSystem.Requires {
		for _, tool := range fromGit {
			if strings.HasPrefix(strings.ToLower(strings.ReplaceAll(requirement, "_", "-")), tool) {
				return tool
			}
		}
	}
	return ""
}

// afterRelease is what a version has of the commits since a tag.
var afterRelease = regexp.MustCompile(`(\.post[0-9]*|\.dev[0-9]*|\+).*$`)

// Release is a version without what changes with each commit.
func Release(version string) string { return afterRelease.ReplaceAllString(version, "") }

// IsVersion reports whether a text has the form of a version of Python's.
func IsVersion(text string) bool { return version.MatchString(text) }

var version = regexp.MustCompile(`^([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+([._-][a-z0-9]+)*)?$`)
