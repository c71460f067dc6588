package project

import (
	"fmt"
	"path"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// Use is what a project is installed for.
type Use int

const (
	ForTests   Use = iota // with its groups for development
	ForPackage            // what runs: the main group
)

// Used are the packages of the repository that a poetry.lock or uv.lock takes for the
// project: what it requires of them, and what those require in turn. at is the project's
// path from the lock file's directory.
func (p Project) Used(pyproject, lock, at string, use Use) ([]Local, error) {
	all, err := LocalPackages(lock, at)
	if err != nil || len(all) == 0 {
		return all, err
	}
	var doc struct{ Package []lockedPackage }
	if err := toml.Unmarshal([]byte(lock), &doc); err != nil {
		return nil, fmt.Errorf("reading the lock file: %w", positioned(err))
	}
	waiting, err := p.required(pyproject, use)
	if err != nil {
		return nil, err
	}
	own := slices.IndexFunc(doc.Package, func(l lockedPackage) bool { return l.Source.uvDir() == path.Clean(at) })
	switch {
	case own >= 0: // uv.lock has the project itself
		waiting = doc.Package[own].needs(p.extras(use))
		for group, needs := range doc.Package[own].Dev {
			if use == ForTests && p.hasGroup(group, slices.Contains(uvDefault(pyproject, group), group)) {
				waiting = append(waiting, needs...)
			}
		}
	case lockedPython.MatchString(lock): // the root of a workspace, which is no package: uv installs all members
		return all, nil
	}
	reached, done := map[string]bool{}, map[string]bool{}
	for ; len(waiting) > 0; waiting = waiting[1:] {
		need := waiting[0]
		if key := fmt.Sprint(normal(need.Name), need.Extra); done[key] {
			continue
		} else {
			done[key] = true
		}
		reached[normal(need.Name)] = true
		for _, l := range doc.Package {
			if normal(l.Name) == normal(need.Name) {
				waiting = append(waiting, l.needs(need.Extra)...)
			}
		}
	}
	return slices.DeleteFunc(all, func(l Local) bool { return !reached[normal(l.Name)] }), nil
}

// need is a package that another requires, with some of its extras.
type need struct {
	Name     string
	Extra    []string
	optional bool
}

// lockedPackage is a package of a lock file: uv's has lists of what it requires, Poetry's a table.
type lockedPackage struct {
	Name         string
	Source       source
	Dependencies any
	Optional     map[string][]need   `toml:"optional-dependencies"`
	Dev          map[string][]need   `toml:"dev-dependencies"`
	Extras       map[string][]string // of Poetry
}

// needs is what a package requires with some of its extras.
func (l lockedPackage) needs(extras []string) (out []need) {
	var named []string
	for _, extra := range extras {
		for name, needs := range l.Optional {
			if normal(name) == normal(extra) {
				out = append(out, needs...)
			}
		}
		for name, lines := range l.Extras {
			if normal(name) == normal(extra) {
				for _, line := range lines {
					named = append(named, normal(requirement(line).Name))
				}
			}
		}
	}
	list, _ := l.Dependencies.([]any)
	for _, item := range list {
		if table, ok := item.(map[string]any); ok {
			name, _ := table["name"].(string)
			out = append(out, need{Name: name, Extra: texts(table["extra"])})
		}
	}
	table, _ := l.Dependencies.(map[string]any)
	for _, n := range poetryNeeds(table) {
		if !n.optional || slices.Contains(named, normal(n.Name)) {
			out = append(out, n)
		}
	}
	return out
}

// poetryNeeds are the requirements in a table of Poetry's.
func poetryNeeds(table map[string]any) (out []need) {
	for _, name := range sortedKeys(table) {
		forms, several := table[name].([]any) // one for each version of Python, or the like
		if !several {
			forms = []any{table[name]}
		}
		for _, form := range forms {
			n := need{Name: name}
			if t, ok := form.(map[string]any); ok {
				n.Extra = texts(t["extras"])
				n.optional, _ = t["optional"].(bool)
			}
			out = append(out, n)
		}
	}
	return out
}

// uvDir is the directory of a package in uv.lock, "" for one of elsewhere.
func (s source) uvDir() string {
	if dir := First(s.Editable, s.Directory, s.Virtual); dir != "" {
		return path.Clean(dir)
	}
	return ""
}
