package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/iancoleman/strcase"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// dotenv are the variables of one or more .env files. A later one of the same
// name wins. Values may use other variables and those of the process.
type dotenv struct {
	names []string // in the order of the files; those that are defaults
	raw   map[string]string
	all   map[string]string // for expansion: raw and what has another prefix

	notes []string // what is to be said of the files

	prefixed []variable // those that had the module's name in front

	lookup func(string) (string, bool)
	value  map[string]string
	busy   map[string]bool
}

// variable is the name of a variable in a file, with the module's name and without.
type variable struct{ path, name, short string }

func newDotenv(lookup func(string) (string, bool)) *dotenv {
	return &dotenv{raw: map[string]string{}, all: map[string]string{}, lookup: lookup,
		value: map[string]string{}, busy: map[string]bool{}}
}

// read adds a file's variables: all, or only those with the prefix, which is removed.
func (d *dotenv) read(path, prefix string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading user defaults: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		line = exported.ReplaceAllString(strings.TrimSpace(line), "")
		name, value, _ := strings.Cut(line, "=")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if prefix != "" {
			short, ok := cutPrefix(name, prefix)
			if !ok {
				if _, own := d.raw[name]; !own {
					d.all[name] = value
				}
				continue
			}
			d.prefixed = append(d.prefixed, variable{path, name, short})
			name = short
		}
		d.add(name, value)
	}
	return nil
}

var exported = regexp.MustCompile(`^export\s+`)

func (d *dotenv) add(name, value string) {
	if _, ok := d.raw[name]; !ok {
		d.names = append(d.names, name)
	}
	d.raw[name], d.all[name] = value, value
}

// cutPrefix takes "name_" or "na_me_" off s, in any case.
func cutPrefix(s, name string) (string, bool) {
	for _, prefix := range []string{strcase.ToLowerCamel(name) + "_", strcase.ToSnake(name) + "_"} {
		if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return s[len(prefix):], true
		}
	}
	return "", false
}

// of are the defaults of a function: the variables with its name as prefix.
func (d *dotenv) of(function string) *dotenv {
	sub := newDotenv(d.lookup)
	for name, value := range d.all {
		sub.all[name] = value
	}
	for _, name := range d.names {
		if short, ok := cutPrefix(name, function); ok {
			delete(sub.all, name)
			sub.add(short, d.raw[name])
		}
	}
	return sub
}

// find returns the value of the variable name in any case.
func (d *dotenv) find(name string) (value string, ok bool, err error) {
	best := ""
	for _, n := range d.names {
		if strings.EqualFold(n, name) && (best == "" || n < best) {
			best = n
		}
	}
	if best == "" {
		return "", false, nil
	}
	value, err = d.expand(best)
	if err != nil {
		return "", false, fmt.Errorf("reading user defaults: %s: %w", best, err)
	}
	return value, true, nil
}

// near finds a variable that differs from name only in underscores: PYTHON_IMAGE for
// pythonImage. Dagger does not read it either.
func (d *dotenv) near(name string) string {
	for _, n := range d.names {
		if strings.EqualFold(strings.ReplaceAll(n, "_", ""), name) {
			return n
		}
	}
	return ""
}

// expand returns the value of a variable with quotes, escapes and references
// treated as a shell does.
func (d *dotenv) expand(name string) (string, error) {
	if v, ok := d.value[name]; ok {
		return v, nil
	}
	if d.busy[name] {
		return "", fmt.Errorf("variable %s refers to itself", name)
	}
	d.busy[name] = true
	defer delete(d.busy, name)
	raw := d.all[name]
	v, err := raw, error(nil)
	if shellText.MatchString(raw) {
		v, err = d.shell(raw)
	}
	if err == nil {
		d.value[name] = v
	}
	return v, err
}

// shellText matches a value with quotes, escapes or references.
var shellText = regexp.MustCompile("[`'\"\\\\]|\\$[A-Za-z_{(]")

func (d *dotenv) shell(raw string) (string, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader("x="+raw), "")
	if err != nil || len(file.Stmts) != 1 {
		return "", errors.New("value is not valid: quote it")
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Assigns) != 1 {
		return "", errors.New("value is not valid: quote it")
	}
	words := call.Args
	if w := call.Assigns[0].Value; w != nil {
		words = append([]*syntax.Word{w}, words...)
	}
	var inner error
	env := expand.FuncEnviron(func(name string) string {
		if _, ok := d.all[name]; ok {
			v, err := d.expand(name)
			inner = errors.Join(inner, err)
			return v
		}
		v, _ := d.lookup(name)
		return v
	})
	fields, err := expand.Fields(&expand.Config{Env: env, NoUnset: true}, words...)
	if inner != nil {
		return "", inner
	}
	if err != nil {
		return "", fmt.Errorf("%w: set it, or write ${NAME:-default}", err)
	}
	return strings.Join(fields, " "), nil
}
