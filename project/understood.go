package project

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// backends are the build backends whose tables are read here.
var backends = []string{"", "setuptools.build_meta", "hatchling.build", "poetry.core.masonry.api", "poetry.masonry.api", "poetry_dynamic_versioning.backend",
	"flit_core.buildapi", "flit.buildapi", "flit_scm:buildapi", "pdm.backend", "pdm.pep517.api", "uv_build"}

// understood are, by table, the keys whose effect on an editable installation is known:
// they are read, or change nothing of it.
var understood = map[string][]string{
	"build-system":                  {"requires", "build-backend"},
	"tool.setuptools":               {"package-dir", "packages", "py-modules", "dynamic", "package-data", "exclude-package-data", "include-package-data", "zip-safe", "license-files", "platforms"},
	"tool.setuptools.package-dir":   {""},
	"tool.setuptools.packages":      {"find"},
	"tool.setuptools.packages.find": {"where", "include", "exclude", "namespaces"},
	"tool.hatch.build":              {"targets", "include", "exclude", "ignore-vcs", "artifacts", "reproducible", "skip-excluded-dirs", "directory"},
	"tool.hatch.build.targets.wheel": {"packages", "sources", "include", "exclude", "only-include", "only-packages", "ignore-vcs", "artifacts", "bypass-selection",
		"strict-naming", "macos-max-compat", "core-metadata-version"},
	"tool.hatch.build.targets.wheel.sources": {},
	"tool.hatch.metadata":                    {"allow-direct-references", "allow-ambiguous-features"},
	"tool.pdm.version":                       {"source", "path"},
	"tool.pdm.build":                         {"package-dir", "includes", "excludes", "source-includes", "is-purelib"},
	"tool.uv.build-backend":                  {"module-root", "module-name", "namespace", "source-include", "source-exclude", "wheel-exclude", "default-includes"},
	"tool.versioningit":                      {"vcs", "format", "next-version", "default-version", "tag2version", "onbuild"},
}

// hasMore tells whether a pyproject.toml says of its build what is not understood here:
// then the package's own build backend has to install it.
func (p pyproject) hasMore(text string) bool {
	var doc map[string]any
	if toml.Unmarshal([]byte(text), &doc) != nil {
		return false
	}
	for _, name := range sortedKeys(understood) {
		var value any = doc
		for key := range strings.SplitSeq(name, ".") {
			table, _ := value.(map[string]any)
			value = table[key]
		}
		table, _ := value.(map[string]any)
		for key := range table {
			if !slices.Contains(understood[name], key) {
				return true
			}
		}
	}
	for _, field := range p.Project.Dynamic {
		if slices.Contains([]string{"scripts", "gui-scripts", "entry-points", "description"}, field) {
			return true
		}
	}
	if p.Tool.Poetry != nil && slices.ContainsFunc(p.Tool.Poetry.Packages, func(i poetryInclude) bool { return i.To != "" }) {
		return true
	}
	return !slices.Contains(backends, strings.TrimSuffix(p.BuildSystem.Backend, ":__legacy__"))
}

// MoreThanSetup reports whether a setup.py does more than call setup(), as one that is there
// for old versions of pip does.
func MoreThanSetup(text string) bool {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimRight(strings.TrimSpace(line), ";")
		switch line {
		case "", "import setuptools", "from setuptools import setup", "setup()", "setuptools.setup()", `if __name__ == "__main__":`, "if __name__ == '__main__':":
		default:
			if !strings.HasPrefix(line, `"""`) || !strings.HasSuffix(line, `"""`) || len(line) < 6 {
				return true
			}
		}
	}
	return false
}
