package steps

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dagger/pipeline/rootmodule"
)

// valueDirs are how directories begin that have values for each environment.
var valueDirs = []string{"env", "tfvars", "vars", "variables", "values", "config", "stage", "inventor", "param", "settings"}

// forAll are the names of files with values for each environment, which Terraform does not
// read by itself.
var forAll = []string{"vars", "variables", "values", "input", "inputs", "common", "main", "global", "shared", "default", "defaults", "settings", "config"}

// checkValues refuses to deploy a lasting environment with the defaults of its variables
// where a file that is called after it gives others, and the table says nothing of files:
// by hand it is passed, and whatever has a default would silently have another value.
func (w Workspace) checkValues(source fs.FS, given map[string]bool) error {
	if w.Ends || w.Settings.VariableFiles != nil || !w.lasts() {
		return nil
	}
	for _, dir := range []string{w.Infra, path.Dir(path.Clean(w.Infra))} {
		files, err := w.filesOf(source, dir)
		if err != nil {
			return err
		}
		for _, file := range files {
			text, err := fs.ReadFile(source, file)
			if err != nil {
				return err
			}
			for name := range rootmodule.Values(file, text) {
				if _, declared := w.Module.Variables[name]; !declared || given[name] || name == "environment" {
					continue
				}
				from, err := filepath.Rel(path.Clean(w.Infra), file)
				if err != nil {
					return err
				}
				if w.isForAll(path.Base(file)) && path.Dir(file) == path.Clean(w.Infra) {
					return fmt.Errorf("giving the variables of %q: %s has values that by hand are passed with -var-file, and nothing gives it: name it in %s (variable-files = [%q]), or say that no file is meant (variable-files = [])", w.Infra, file, settingsTable, from)
				}
				return fmt.Errorf("giving the variables of %q: %s is called after the environment %q, and nothing gives it: name it in %s (variable-files = { %s = [%q] }), or say that no file is meant (variable-files = [])", w.Infra, file, w.Environment, settingsTable, w.Environment, from)
			}
		}
	}
	return nil
}

// passedElsewhere are lines on variables of a lasting environment that have their defaults,
// and get values where Terraform is run in another way.
func (w Workspace) passedElsewhere(source fs.FS, given map[string]bool) (lines []string) {
	if w.Ends || !w.lasts() {
		return nil
	}
	passed := rootmodule.Passed(source, w.Infra)
	for _, name := range slices.Sorted(maps.Keys(passed)) {
		_, set := w.Module.Values[name]
		if v := w.Module.Variables[name]; v.Optional && !set && !given[name] && !slices.Contains(append(pipelines, w.Image.Variable), name) {
			lines = append(lines, fmt.Sprintf("Warning: %s: the variable %q has its default, and %s gives it another value: give it by variables in %s, or as TF_VAR_%s in --terraform-secrets", w.Environment, name, passed[name], settingsTable, name))
		}
	}
	return lines
}

// filesOf are the files of values in a directory, or in those of values in it, that are
// called after the environment.
func (w Workspace) filesOf(source fs.FS, dir string) (out []string, err error) {
	entries, err := fs.ReadDir(source, path.Clean(dir))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		at, name := path.Join(dir, e.Name()), e.Name()
		switch {
		case !e.IsDir() && path.Clean(dir) == path.Clean(w.Infra) && (w.isOf(name) || w.isForAll(name)):
			out = append(out, at)
		case e.IsDir() && w.isCalled(withoutKind(name)):
			more, err := valuesIn(source, at)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		case e.IsDir() && slices.ContainsFunc(valueDirs, func(start string) bool { return strings.HasPrefix(name, start) }):
			more, err := w.filesIn(source, at)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// filesIn are those in a directory of values: beside those of other environments, or in one
// for each, which is no root module by itself.
func (w Workspace) filesIn(source fs.FS, dir string) (out []string, err error) {
	entries, err := fs.ReadDir(source, dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		if !e.IsDir() && w.isOf(e.Name()) {
			out = append(out, at)
		}
		if !e.IsDir() || !w.isCalled(e.Name()) {
			continue
		}
		more, err := valuesIn(source, at)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// valuesIn are the files of values in a directory that is no root module by itself.
func valuesIn(source fs.FS, dir string) (out []string, err error) {
	entries, err := fs.ReadDir(source, dir)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return rootmodule.Configures(e.Name()) }) {
		return nil, err
	}
	for _, e := range entries {
		if _, values := baseOf(e.Name()); values && !e.IsDir() {
			out = append(out, path.Join(dir, e.Name()))
		}
	}
	return out, nil
}

// withoutKind is the name of a directory without the word for what it has: env-prod.
func withoutKind(name string) string {
	for _, separator := range []string{"-", "_", "."} {
		if kind, rest, ok := strings.Cut(name, separator); ok && slices.ContainsFunc(valueDirs, func(start string) bool { return strings.HasPrefix(kind, start) }) {
			return rest
		}
	}
	return name
}

// isForAll tells whether a file of values is for each environment by its name.
func (w Workspace) isForAll(name string) bool {
	base, values := baseOf(name)
	return values && slices.Contains(forAll, base)
}

// isOf tells whether a file of values is called after the environment: prod.tfvars.
func (w Workspace) isOf(name string) bool {
	base, values := baseOf(name)
	return values && w.isCalled(strings.TrimPrefix(strings.TrimPrefix(base, "terraform."), "variables."))
}

// isCalled tells whether a name is the environment's, or another one for it.
func (w Workspace) isCalled(name string) bool {
	return name == w.Environment || stages[name] != "" && stages[name] == stages[w.Environment]
}

// baseOf is the name of a file of values without its ending, of one that Terraform does not
// read by itself.
func baseOf(name string) (base string, values bool) {
	for _, ending := range []string{".tfvars", ".tfvars.json"} {
		if base, ok := strings.CutSuffix(name, ending); ok && !strings.HasSuffix(base, ".auto") {
			return base, true
		}
	}
	return "", false
}

// checkOwnWord refuses a value in the table for what the call says.
func (w Workspace) checkOwnWord(name string) error {
	value := w.Settings.Variables[name]
	if w.Ends || !w.takes(name) || value == environmentMark && name == environmentVariable {
		return nil
	}
	switch name {
	case environmentVariable:
		return fmt.Errorf("giving the variables of %q: variables in %s sets environment = %q, and the call says which one it is, %q: take it out, or let the root module have a variable of another name for that (variables = { stage = %q })", w.Infra, settingsTable, value, w.Environment, environmentMark)
	case w.Image.Variable:
		return fmt.Errorf("giving the variables of %q: variables in %s sets %s, which gets the image of the service: take it out, or name another one for the image with variable in [tool.pipeline.package.image]", w.Infra, settingsTable, name)
	}
	return nil
}

// environmentVariable is the variable that gets the environment's name.
const environmentVariable = "environment"
