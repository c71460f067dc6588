package project

import (
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// dependencyKeys are the parts of pyproject.toml that decide what is installed:
// those that poetry hashes into poetry.lock, and what it needs to read them.
var dependencyKeys = map[string][]string{
	"project":     {"requires-python", "dependencies", "optional-dependencies"},
	"tool.poetry": {"dependencies", "dev-dependencies", "group", "extras", "source", "requires-poetry", "requires-plugins", "build-constraints"},
}

// DependencyProject reduces a pyproject.toml to what decides which dependencies
// are installed, so that a new version or description of the project leaves the
// installed layer as it is.
func DependencyProject(pyproject string) (string, error) {
	var doc map[string]any
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return "", fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	poetry := map[string]any{"package-mode": false}
	out := map[string]any{"tool": map[string]any{"poetry": poetry}}
	if project, ok := doc["project"].(map[string]any); ok {
		kept := map[string]any{"name": "dependencies", "version": "0"}
		keep(kept, project, dependencyKeys["project"])
		keepDynamic(kept, project)
		out["project"] = kept
	}
	if tool, ok := doc["tool"].(map[string]any); ok {
		if section, ok := tool["poetry"].(map[string]any); ok {
			keep(poetry, section, dependencyKeys["tool.poetry"])
		}
	}
	if groups, ok := doc["dependency-groups"]; ok {
		out["dependency-groups"] = groups
	}
	b, err := toml.Marshal(out)
	return string(b), err
}

// keepDynamic keeps which of the dependencies stand elsewhere: without it poetry reads
// those of one place alone.
func keepDynamic(to, from map[string]any) {
	all := texts(from["dynamic"])
	all = slices.DeleteFunc(all, func(key string) bool { return key != "dependencies" && key != "optional-dependencies" })
	if len(all) > 0 {
		to["dynamic"] = all
	}
}

func keep(to, from map[string]any, keys []string) {
	for _, k := range keys {
		if v, ok := from[k]; ok {
			to[k] = v
		}
	}
}

// uvKeys are the parts of [tool.uv] that decide what is locked and installed.
var uvKeys = []string{
	"sources", "index", "index-url", "extra-index-url", "find-links", "workspace", "default-groups", "dependency-groups", "conflicts", "environments", "required-environments",
	"constraint-dependencies", "override-dependencies", "exclude-dependencies", "build-constraint-dependencies", "dev-dependencies", "prerelease", "resolution", "fork-strategy",
	"index-strategy", "exclude-newer", "exclude-newer-package", "package", "no-binary", "no-binary-package", "no-build", "no-build-package", "no-build-isolation-package", "required-version",
	"dependency-metadata", "extra-build-dependencies", "managed", "no-sources", "no-index", "allow-insecure-host", "native-tls", "system-certs", "config-settings", "config-settings-package", "extra-build-variables",
}

// UVDependencyProject is DependencyProject for a package of uv's. Its name stays,
// because uv.lock has it; its version does not.
func UVDependencyProject(pyproject string) (string, error) {
	var doc map[string]any
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return "", fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	out := map[string]any{}
	keep(out, doc, []string{"dependency-groups", "build-system"})
	if project, ok := doc["project"].(map[string]any); ok {
		kept := map[string]any{"version": "0"}
		keep(kept, project, append([]string{"name"}, dependencyKeys["project"]...))
		out["project"] = kept
	}
	if tool, ok := doc["tool"].(map[string]any); ok {
		if section, ok := tool["uv"].(map[string]any); ok {
			uv := map[string]any{}
			keep(uv, section, uvKeys)
			out["tool"] = map[string]any{"uv": uv}
		}
	}
	b, err := toml.Marshal(out)
	return string(b), err
}

// DynamicRequires reports whether a package's build backend decides what it requires.
func DynamicRequires(pyproject string) bool {
	var doc struct{ Project struct{ Dynamic []string } }
	if toml.Unmarshal([]byte(pyproject), &doc) != nil {
		return false
	}
	return slices.Contains(doc.Project.Dynamic, "dependencies") || slices.Contains(doc.Project.Dynamic, "optional-dependencies")
}
