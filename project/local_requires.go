package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// LocalRequires is what a package of the repository requires, with some of its
// extras, as lines of a requirements file. known is false where it does not stand in
// the file's project table: then only the package's build backend can tell.
func LocalRequires(pyproject string, extras []string) (lines []string, known bool) {
	var doc struct {
		Project *struct {
			Name                 string
			Dynamic              []string
			Dependencies         []string
			OptionalDependencies map[string][]string `toml:"optional-dependencies"`
		}
	}
	if toml.Unmarshal([]byte(pyproject), &doc) != nil || doc.Project == nil {
		return nil, false
	}
	p := doc.Project
	if slices.Contains(p.Dynamic, "dependencies") || len(extras) > 0 && slices.Contains(p.Dynamic, "optional-dependencies") {
		return nil, false
	}
	lines = p.Dependencies
	done := map[string]bool{}
	for todo := slices.Clone(extras); len(todo) > 0; todo = todo[1:] {
		extra := normal(todo[0])
		if done[extra] {
			continue
		}
		done[extra] = true
		for name, requires := range p.OptionalDependencies {
			if normal(name) != extra {
				continue
			}
			for _, line := range requires {
				if own := localRequired(line); normal(own.Path) == normal(p.Name) && len(own.Extras) > 0 {
					todo = append(todo, own.Extras...) // an extra of extras
					continue
				}
				lines = append(lines, line)
			}
		}
	}
	return lines, true
}

// normal is a name as indexes compare it.
func normal(name string) string {
	return strings.ToLower(separator.ReplaceAllString(strings.TrimSpace(name), "-"))
}

// SameName tells whether two names are one to an index.
func SameName(a, b string) bool { return normal(a) == normal(b) }

// GroupRequires is what a group of [dependency-groups] has, with the groups that it
// includes. there is false where the file has no such group.
func GroupRequires(pyproject, group string) (lines []string, there bool, err error) {
	var doc struct {
		Groups map[string][]any `toml:"dependency-groups"`
	}
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return nil, false, fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	done := map[string]bool{}
	for todo := []string{group}; len(todo) > 0; todo = todo[1:] {
		wanted := normal(todo[0])
		if done[wanted] {
			continue
		}
		done[wanted] = true
		for name, entries := range doc.Groups {
			if normal(name) != wanted {
				continue
			}
			there = there || wanted == normal(group)
			for _, entry := range entries {
				switch e := entry.(type) {
				case string:
					lines = append(lines, e)
				case map[string]any:
					if more, ok := e["include-group"].(string); ok {
						todo = append(todo, more)
					}
				}
			}
		}
	}
	return lines, there, nil
}
