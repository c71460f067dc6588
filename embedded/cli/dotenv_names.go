package cli

import (
	"fmt"
	"strings"

	"github.com/iancoleman/strcase"

	"dagger/pipeline/embedded/module"
)

// checkNames refuses a variable that has the module's prefix and is not an argument:
// whoever wrote it believes that it takes effect, and it may be a guard. Dagger
// silently ignores it.
func (d *dotenv) checkNames(m *module.Module) error {
	known := settings(m)
	for _, v := range d.prefixed {
		if isSetting(m, v.short) {
			continue
		}
		flat := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
		var names []string
		byFlat := map[string]string{}
		for _, name := range known {
			if n := len(flat(name)) - len(flat(v.short)); n < -3 || n > 3 {
				continue
			}
			names = append(names, flat(name))
			byFlat[flat(name)] = name
		}
		prefix := v.name[:len(v.name)-len(v.short)]
		if best := nearest(flat(v.short), names); best != "" {
			return fmt.Errorf("reading %q: %s is not an argument of the module: did you mean %s?", v.path, v.name, prefix+byFlat[best])
		}
		return fmt.Errorf("reading %q: %s is not an argument of the module: write %sargumentName, or %sfunctionName_argumentName: see --help for the names", v.path, v.name, prefix, prefix)
	}
	return nil
}

// settings are the names of all arguments, as they follow the module's name in a
// .env file.
func settings(m *module.Module) []string {
	var names []string
	add := func(prefix string, args []module.Arg) {
		for _, a := range args {
			names = append(names, prefix+strcase.ToLowerCamel(a.Name))
		}
	}
	add("", m.Constructor.Args)
	for i, t := range m.Types {
		of := ""
		if i > 0 {
			of = strcase.ToLowerCamel(t.Name) + "_"
		}
		for _, f := range t.Functions {
			add(of+strcase.ToLowerCamel(f.Name)+"_", f.Args)
		}
	}
	return names
}

// isSetting reports whether a name is read, in the forms that Dagger accepts.
func isSetting(m *module.Module, name string) bool {
	if hasArg(m.Constructor, name) {
		return true
	}
	for i, t := range m.Types {
		rest, ok := name, true
		if i > 0 {
			rest, ok = cutPrefix(name, t.Name)
		}
		for _, f := range t.Functions {
			if arg, is := cutPrefix(rest, f.Name); ok && is && hasArg(f, arg) {
				return true
			}
		}
	}
	return false
}

func hasArg(f module.Function, name string) bool {
	for _, a := range f.Args {
		if strings.EqualFold(strcase.ToLowerCamel(a.Name), name) {
			return true
		}
	}
	return false
}
