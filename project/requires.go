package project

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// requiring is the part of a pyproject.toml that says what a project requires.
type requiring struct {
	Project struct {
		Dependencies         []string
		OptionalDependencies map[string][]string `toml:"optional-dependencies"`
	}
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		Poetry struct {
			Dependencies map[string]any
			Dev          map[string]any `toml:"dev-dependencies"`
			Extras       map[string][]string
			Group        map[string]struct {
				Optional     bool
				Dependencies map[string]any
				Include      []string `toml:"include-groups"`
			}
		}
	}
}

// required is what the project itself names in its pyproject.toml, for a use of it.
func (p Project) required(pyproject string, use Use) (out []need, err error) {
	var doc requiring
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return nil, fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	poetry := doc.Tool.Poetry
	var ofExtras, asked []string
	for _, tables := range []map[string][]string{doc.Project.OptionalDependencies, poetry.Extras} {
		for extra, lines := range tables {
			wanted := slices.ContainsFunc(p.extras(use), func(name string) bool { return normal(name) == normal(extra) })
			for _, line := range lines {
				n := requirement(line)
				ofExtras = append(ofExtras, normal(n.Name))
				if wanted {
					asked, out = append(asked, normal(n.Name)), append(out, n)
				}
			}
		}
	}
	for _, line := range doc.Project.Dependencies {
		out = append(out, requirement(line))
	}
	for _, n := range poetryNeeds(poetry.Dependencies) {
		if name := normal(n.Name); slices.Contains(asked, name) || !n.optional && !slices.Contains(ofExtras, name) {
			out = append(out, n)
		}
	}
	if use == ForPackage {
		return out, nil
	}
	out = append(out, poetryNeeds(poetry.Dev)...)
	for _, group := range append(sortedKeys(doc.Groups), sortedKeys(poetry.Group)...) {
		if p.hasGroup(group, !poetry.Group[group].Optional) {
			out = append(out, doc.group(group, 0)...)
		}
	}
	return out, nil
}

// group is what a group for development requires, with the groups that it includes.
func (doc requiring) group(name string, depth int) []need {
	table := doc.Tool.Poetry.Group[name]
	out := poetryNeeds(table.Dependencies)
	included := table.Include
	for _, item := range doc.Groups[name] {
		switch v := item.(type) {
		case string:
			out = append(out, requirement(v))
		case map[string]any:
			included = append(included, texts(v["include-group"])...)
		}
	}
	for _, more := range included {
		if depth < 10 { // a circle is for the package manager to refuse
			out = append(out, doc.group(more, depth+1)...)
		}
	}
	return out
}

// extras are those of the project that a use of it has.
func (p Project) extras(use Use) []string {
	if use == ForPackage {
		return p.Settings.Package.Extras
	}
	return p.Settings.Extras
}

// hasGroup tells whether the tests have a group; usual is whether the package manager
// installs it unasked.
func (p Project) hasGroup(name string, usual bool) bool {
	is := func(other string) bool { return normal(other) == normal(name) }
	return !slices.ContainsFunc(p.Settings.WithoutGroups, is) && (usual || slices.ContainsFunc(p.Settings.Groups, is))
}

// uvDefault are the groups that uv installs unasked; of all of them, the one asked for.
func uvDefault(pyproject, group string) []string {
	var doc struct {
		Tool struct {
			UV struct {
				Default any `toml:"default-groups"`
			}
		}
	}
	_ = toml.Unmarshal([]byte(pyproject), &doc)
	switch v := doc.Tool.UV.Default.(type) {
	case nil:
		return []string{"dev"}
	case string:
		return []string{group} // "all"
	default:
		return texts(v)
	}
}

var required = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?`)

// requirement reads the name and the extras of a requirement.
func requirement(line string) need {
	m := required.FindStringSubmatch(line)
	if m == nil {
		return need{}
	}
	return need{Name: m[1], Extra: splitBounds(m[2])}
}
