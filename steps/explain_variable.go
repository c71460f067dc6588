package steps

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/rootmodule"
)

// noValues are directories whose files are not meant to give a root module values.
var noValues = []string{"examples", "example", "node_modules", "venv", "fixtures", "testdata"}

// withoutValue is Explain's line of a variable that nobody gives.
var withoutValue = regexp.MustCompile(`^(the variable "([^"]+)" has no value: )`)

// whereSet is Explain's line with the files of the source that set the variable, if it is of
// one without a value: no rule of the table names them.
func whereSet(source fs.FS, infra, line string) string {
	m := withoutValue.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	var set []string
	_ = images.Search(source, noValues, func(dir string, names []string) { // as far as it gets: this is a hint
		for _, name := range names {
			if strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json") {
				name = path.Join(dir, name)
				text, err := fs.ReadFile(source, name)
				if _, sets := rootmodule.Values(name, text)[m[2]]; err == nil && sets {
					set = append(set, name)
				}
			}
		}
	})
	if len(set) == 0 {
		return line
	}
	slices.Sort(set)
	return fmt.Sprintf("%sit is set in %s: name them in %s: variable-files = [%q]", m[1], listed(set), settingsTable, ruleFor(infra, set))
}

// ruleFor is how the table names the first of some files, for each environment where there
// are several beside it or it is called after one.
func ruleFor(infra string, set []string) string {
	rule, err := filepath.Rel(path.Clean(infra), set[0])
	if err != nil {
		return set[0]
	}
	name, ending, _ := strings.Cut(path.Base(rule), ".")
	if stages[name] != "" || slices.ContainsFunc(set[1:], func(file string) bool { return path.Dir(file) == path.Dir(set[0]) }) {
		return path.Join(path.Dir(rule), environmentMark+"."+ending)
	}
	return rule
}
