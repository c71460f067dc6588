package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/iancoleman/strcase"

	"dagger/pipeline/embedded/module"
)

// userDefaults reads the .env beside dagger.json, and the variables prefixed with
// the module's name in the nearest .env at or above the working directory, where
// that one may speak for the caller.
func (a *App) userDefaults(m *module.Module) (*dotenv, error) {
	d := newDotenv(a.LookupEnv)
	who := a.caller()
	beside := filepath.Join(m.Dir, ".env")
	if err := who.mayRead(beside); err != nil {
		return nil, err
	}
	if err := d.read(beside, ""); err != nil {
		return nil, err
	}
	top, why := who.top(a.Dir)
	for dir, within := a.Dir, true; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, ".env")
		if info, err := os.Stat(path); err == nil {
			switch {
			case !info.Mode().IsRegular():
				return d, nil
			case !within:
				d.notes = append(d.notes, fmt.Sprintf("user default: %s is not read: %s", path, why))
				return d, nil
			}
			if err := who.mayRead(path); err != nil {
				return nil, err
			}
			return d, d.read(path, m.Name)
		}
		if dir == filepath.Dir(dir) {
			return d, nil
		}
		within = within && dir != top
	}
}

// preset gives the arguments of the constructor and of the module's function
// their values from the .env files.
func (d *dotenv) preset(m *module.Module, c *chain) (notes []string, err error) {
	notes = d.notes
	for i, s := range c.steps {
		if s.core {
			break
		}
		of, name := d, m.Name
		if i > 0 && s.of == m.Object() {
			of, name = d.of(s.fn.Name), m.Name+"."+strcase.ToLowerCamel(s.fn.Name)
		} else if i > 0 { // TYPE_FUNCTION_ARGUMENT
			of, name = d.of(s.of).of(s.fn.Name), m.Name+"."+strcase.ToLowerCamel(s.of)+"."+strcase.ToLowerCamel(s.fn.Name)
		}
		for _, v := range s.values {
			if v.given {
				continue
			}
			arg := strcase.ToLowerCamel(v.arg.Name)
			text, ok, err := of.find(arg)
			if err != nil {
				return nil, err
			}
			if !ok {
				if near := of.near(arg); near != "" {
					notes = append(notes, fmt.Sprintf("user default: %s is not read: the argument is %s, without underscores", near, arg))
				}
				continue
			}
			if err := v.presetFrom(text); err != nil {
				return nil, fmt.Errorf("reading user defaults: argument %q of %s: %w", v.arg.Flag(), name, err)
			}
			if v.arg.Type.Object() == "Secret" && !secretSource(text) {
				text = "*****"
			}
			notes = append(notes, fmt.Sprintf("user default: %s(%s=%q)", name, arg, text))
		}
	}
	return notes, nil
}

// secretSource reports whether a text says where a secret comes from: any other text
// may be the secret itself, and is not shown.
func secretSource(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && (scheme == "env" || scheme == "file" || scheme == "cmd")
}
