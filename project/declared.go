package project

import "github.com/pelletier/go-toml/v2"

// Extras are the extras that a pyproject.toml declares.
func Extras(pyproject string) []string {
	doc := declarations(pyproject)
	return names(doc.Project.OptionalDependencies, doc.Tool.Poetry.Extras)
}

// Groups are the groups of dependencies that it declares, for whichever tool.
func Groups(pyproject string) []string {
	doc := declarations(pyproject)
	dev := map[string]any{}
	if doc.Tool.Poetry.DevDependencies != nil || doc.Tool.UV.DevDependencies != nil {
		dev["dev"] = nil
	}
	return names(doc.DependencyGroups, doc.Tool.Poetry.Group, dev)
}

type declaring struct {
	Project struct {
		OptionalDependencies map[string]any `toml:"optional-dependencies"`
	}
	DependencyGroups map[string]any `toml:"dependency-groups"`
	Tool             struct {
		Poetry struct {
			Extras, Group   map[string]any
			DevDependencies any `toml:"dev-dependencies"`
		}
		UV struct {
			DevDependencies any `toml:"dev-dependencies"`
		}
	}
}

func declarations(pyproject string) (doc declaring) {
	_ = toml.Unmarshal([]byte(pyproject), &doc) // a file that is broken has been refused before
	return doc
}

// names are the keys of some tables, each once.
func names(tables ...map[string]any) []string {
	all := map[string]any{}
	for _, table := range tables {
		for name := range table {
			all[name] = nil
		}
	}
	return sortedKeys(all)
}
