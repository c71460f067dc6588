package project

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// optional are the packages that groups and extras of a project name and what it requires
// does not, each with the line of [tool.pipeline] that installs it.
func optional(pyproject string) map[string]string {
	base, _ := LocalRequires(pyproject, nil)
	required := namesOf(base)
	var out map[string]string
	add := func(line string, names []string) {
		for _, name := range names {
			if out[name] != "" || slices.Contains(required, name) {
				continue
			}
			if out == nil {
				out = map[string]string{}
			}
			out[name] = line
		}
	}
	for _, group := range forTestsFirst(Groups(pyproject)) {
		lines, _, _ := GroupRequires(pyproject, group) // one that is broken is refused where it is installed
		add(`groups = ["`+group+`"]`, append(namesOf(lines), groupOfPoetry(pyproject, group)...))
	}
	for _, extra := range forTestsFirst(Extras(pyproject)) {
		lines, _ := LocalRequires(pyproject, []string{extra})
		add(`extras = ["`+extra+`"]`, append(namesOf(lines), extraOfPoetry(pyproject, extra)...))
	}
	return out
}

// forTestsFirst puts the names of what tests need first.
func forTestsFirst(names []string) []string {
	rank := func(name string) int {
		if at := slices.Index([]string{"test", "tests", "testing", "dev"}, name); at >= 0 {
			return at
		}
		return len(names) + 4
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

// namesOf are the names in lines of requirements.
func namesOf(lines []string) (names []string) {
	for _, line := range lines {
		names = append(names, normal(requirement(line).Name))
	}
	return names
}

type withPoetry struct {
	Tool struct {
		Poetry struct {
			Extras map[string][]string
			Group  map[string]struct{ Dependencies map[string]any }
		}
	}
}

func groupOfPoetry(pyproject, group string) (names []string) {
	var doc withPoetry
	if toml.Unmarshal([]byte(pyproject), &doc) != nil {
		return nil
	}
	for _, name := range sortedKeys(doc.Tool.Poetry.Group[group].Dependencies) {
		names = append(names, normal(name))
	}
	return names
}

func extraOfPoetry(pyproject, extra string) []string {
	var doc withPoetry
	if toml.Unmarshal([]byte(pyproject), &doc) != nil {
		return nil
	}
	return namesOf(doc.Tool.Poetry.Extras[extra])
}

// Install says how the package with a name, of a distribution or of a module in it, gets
// installed, "" where the project's file tells nothing of it.
func (p Project) Install(name string) string {
	name, _, _ = strings.Cut(name, ".")
	switch line := p.optional[normal(name)]; {
	case line != "":
		return "add " + line + " to [tool.pipeline]"
	case len(p.members) > 0:
		return "name it in the project's dependencies, which alone are installed; where it is a member of the workspace (" + strings.Join(p.members, ", ") + "), or a member requires it, test that one with --project"
	}
	return ""
}
