package project

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// about is what the file's tables say of a package for people and installers.
type about struct {
	Description, License any
	Authors, Maintainers []any
	Keywords             []string
	Classifiers          []string
	URLs                 map[string]string
	RequiresPython       string              `toml:"requires-python"`
	OptionalDependencies map[string][]string `toml:"optional-dependencies"`
	// Poetry's own.
	Homepage, Repository, Documentation string
}

// metadata are the lines of a package's METADATA, beside its name, version and what it
// requires, in the standard's words.
func (p pyproject) metadata() (out []string) {
	d, poetry := p.Project.about, poetryTable{}
	if p.Tool.Poetry != nil {
		poetry = *p.Tool.Poetry
	}
	o := poetry.about
	add := func(name string, values ...string) {
		for _, value := range values {
			if value = strings.Join(strings.Fields(value), " "); value != "" {
				out = append(out, name+": "+value)
			}
		}
	}
	add("Summary", cmp.Or(text(d.Description), text(o.Description)))
	if expression, ok := d.License.(string); ok {
		add("License-Expression", expression)
	}
	add("License", cmp.Or(text(table(d.License)), text(o.License)))
	add("Keywords", strings.Join(append(d.Keywords, o.Keywords...), ","))
	for _, role := range []struct {
		name  string
		named []any
	}{{"Author", d.Authors}, {"Maintainer", d.Maintainers}, {"Author", first(o.Authors)}, {"Maintainer", first(o.Maintainers)}} {
		names, addresses := parties(role.named)
		add(role.name, names)
		add(role.name+"-email", addresses)
	}
	add("Requires-Python", d.RequiresPython)
	if python, ok := poetry.Dependencies["python"].(string); ok && d.RequiresPython == "" {
		add("Requires-Python", specifier(python))
	}
	add("Classifier", append(d.Classifiers, o.Classifiers...)...)
	for _, urls := range []map[string]string{d.URLs, {"Homepage": o.Homepage, "Repository": o.Repository, "Documentation": o.Documentation}, o.URLs} {
		for _, label := range sortedKeys(urls) {
			if urls[label] != "" {
				add("Project-URL", label+", "+urls[label])
			}
		}
	}
	for _, extra := range sortedKeys(d.OptionalDependencies) {
		add("Provides-Extra", normal(extra))
		for _, line := range d.OptionalDependencies[extra] {
			add("Requires-Dist", withMarker(line, `extra == "`+normal(extra)+`"`))
		}
	}
	if len(d.OptionalDependencies) > 0 {
		return out
	}
	for _, extra := range sortedKeys(poetry.Extras) {
		add("Provides-Extra", normal(extra))
		for _, line := range requiresOfPoetry(poetry.Dependencies, poetry.Extras[extra]...) {
			add("Requires-Dist", withMarker(line, `extra == "`+normal(extra)+`"`))
		}
	}
	return out
}

// first is the one author whom Poetry names.
func first(people []any) []any { return people[:min(1, len(people))] }

// table is a table, nil for anything else.
func table(value any) any {
	if _, ok := value.(map[string]any); ok {
		return value
	}
	return nil
}

// text is a text, or the one of a table such as { text = "MIT" }.
func text(value any) string {
	if table, ok := value.(map[string]any); ok {
		value = table["text"]
	}
	text, _ := value.(string)
	return text
}

var party = regexp.MustCompile(`^\s*(.*?)\s*(?:<(.+)>)?\s*$`)

// parties are the names of some people, and the addresses of those who have one, with
// their names: the standard's tables, or a text of Poetry's, of which both are given.
func parties(people []any) (string, string) {
	var names, addresses []string
	for _, value := range people {
		if of, ok := value.(string); ok {
			m := party.FindStringSubmatch(of)
			return m[1], m[2]
		}
		var name, address string
		if table, ok := value.(map[string]any); ok {
			name, _ = table["name"].(string)
			address, _ = table["email"].(string)
		}
		switch {
		case address != "" && name != "":
			addresses = append(addresses, name+" <"+address+">")
		case address != "":
			addresses = append(addresses, address)
		case name != "":
			names = append(names, name)
		}
	}
	return strings.Join(names, ", "), strings.Join(addresses, ", ")
}

// withMarker is a requirement with one more condition.
func withMarker(line, marker string) string {
	before, has, ok := strings.Cut(line, ";")
	if !ok {
		return strings.TrimSpace(line) + "; " + marker
	}
	return strings.TrimSpace(before) + "; (" + strings.TrimSpace(has) + ") and " + marker
}

// requiresOfPoetry are the dependencies of Poetry's table in the standard's form: those
// that are not optional, or of the optional ones those that are named. Of one whose versions have no such
// form, the name is there.
func requiresOfPoetry(table map[string]any, named ...string) (out []string) {
	for _, name := range sortedKeys(table) {
		value := table[name]
		line, optional, marker := name, false, ""
		if t, ok := value.(map[string]any); ok {
			optional, _ = t["optional"].(bool)
			marker, _ = t["markers"].(string)
			if extras := texts(t["extras"]); len(extras) > 0 {
				line += "[" + strings.Join(extras, ",") + "]"
			}
			value = t["version"]
		}
		wanted := slices.ContainsFunc(named, func(n string) bool { return normal(n) == normal(name) })
		if normal(name) == "python" || optional != (len(named) > 0) || optional && !wanted {
			continue
		}
		constraint, _ := value.(string)
		if line += specifier(constraint); marker != "" {
			line = withMarker(line, marker)
		}
		out = append(out, line)
	}
	return out
}

// specifier is a constraint of Poetry's in the standard's form, "" where it has none.
func specifier(constraint string) string {
	v, err := parseVersions(constraint)
	if err != nil || len(v) != 1 {
		return ""
	}
	var parts []string
	for _, b := range v[0] {
		written := dotted(b.version)
		switch {
		case b.operator == "^" || b.operator == "~":
			parts = append(parts, ">="+written, "<"+dotted(b.end()))
		case b.any:
			parts = append(parts, cmp.Or(b.operator, "==")+written+".*")
		case b.operator == "" || b.operator == "=":
			parts = append(parts, "=="+written)
		default:
			parts = append(parts, b.operator+written)
		}
	}
	return strings.Join(parts, ",")
}

// texts are the texts of a value that may be one or a list.
func texts(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}
