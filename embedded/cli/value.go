package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"dagger/pipeline/embedded/module"
)

// value is the value of a flag. It implements pflag.Value. Objects are kept as the
// text that says where they are; resolve turns them into ids.
type value struct {
	arg    module.Arg
	parsed any  // string, int, float64, bool or []any
	given  bool // on the command line
	preset bool // in a .env file
	text   string
}

// newValue returns a value that shows the argument's default in the help.
func newValue(a module.Arg) *value {
	v := &value{arg: a}
	if a.Default != nil && a.Type.Object() == "" {
		var d any
		if json.Unmarshal(a.Default, &d) == nil {
			v.text = show(d)
		}
	}
	return v
}

func show(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = fmt.Sprint(list[i])
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// String is the value as the help shows it.
func (v *value) String() string { return v.text }

// Type names the value in the help, in pflag's own words where it has some.
func (v *value) Type() string { return flagType(v.arg.Type) }

func flagType(t module.Type) string {
	switch t.Kind {
	case module.String:
		return "string"
	case module.Int:
		return "int"
	case module.Float:
		return "float"
	case module.Bool:
		return "bool"
	case module.Enum:
		var names []string
		for _, m := range t.Values {
			names = append(names, m.Name)
		}
		sort.Strings(names)
		return strings.Join(names, ",")
	case module.List:
		if t.Object() != "" || t.Elem.Kind == module.Enum {
			return "[]" + flagType(*t.Elem)
		}
		return flagType(*t.Elem) + "s"
	}
	return t.Name
}

// Set adds one occurrence of the flag. Lists grow with each, and accept several
// comma-separated values, quoted as in CSV.
func (v *value) Set(s string) error {
	if v.arg.Type.Kind != module.List {
		parsed, err := parse(v.arg.Type, s)
		if err != nil {
			return err
		}
		v.parsed, v.given = parsed, true
		return nil
	}
	items, err := splitList(s)
	if err != nil && v.arg.Type.Object() != "" {
		items, err = strings.Split(s, ","), nil // an error would show the value
	}
	if err != nil {
		return err
	}
	return v.add(items)
}

// add takes items of a list, as they are.
func (v *value) add(items []string) error {
	list, _ := v.parsed.([]any)
	if !v.given {
		list = []any{}
	}
	for _, item := range items {
		parsed, err := parse(*v.arg.Type.Elem, item)
		if err != nil {
			return err
		}
		list = append(list, parsed)
	}
	v.parsed, v.given = list, true
	return nil
}

func splitList(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	items, err := csv.NewReader(strings.NewReader(s)).Read()
	if err == io.EOF {
		err = nil
	}
	return items, err
}

// parse parses one value of a type that is not a list.
func parse(t module.Type, s string) (any, error) {
	switch t.Kind {
	case module.Int:
		n, err := strconv.ParseInt(s, 0, 64)
		return n, numberError(s, "integer", err)
	case module.Float:
		n, err := strconv.ParseFloat(s, 64)
		return n, numberError(s, "number", err)
	case module.Bool:
		b, err := strconv.ParseBool(s)
		return b, numberError(s, "boolean: want true or false", err)
	case module.Enum:
		m, ok := t.Member(s)
		if !ok {
			return nil, fmt.Errorf("value should be one of %s", flagType(t))
		}
		return m.Name, nil
	}
	return s, nil
}

func numberError(s, what string, err error) error {
	if err != nil {
		return fmt.Errorf("%q is not a valid %s", s, what)
	}
	return nil
}

// presetFrom sets the argument from the text in a .env file. The values of a list
// are separated by commas, without quoting: the file's own quotes are already
// removed. An empty list has one empty value, as on Dagger.
func (v *value) presetFrom(text string) error {
	set := v.Set
	if v.arg.Type.Kind == module.List {
		set = func(text string) error { return v.add(strings.Split(text, ",")) }
	}
	err := set(text)
	v.given, v.preset = false, err == nil
	if err == nil && v.arg.Type.Object() == "" {
		v.text = show(v.parsed)
	}
	return err
}

// set reports whether the command line or a .env file has a value.
func (v *value) set() bool { return v.given || v.preset }

// missing reports whether the argument is required and has no value.
func (v *value) missing() bool { return v.arg.Required() && !v.set() }

// plain is the value as JSON goes to the module's code, for an argument without
// objects; ok is false when there is none.
func (v *value) plain() (out any, ok bool) {
	out = v.parsed
	if !v.set() {
		if v.arg.Default == nil || json.Unmarshal(v.arg.Default, &out) != nil {
			return nil, false
		}
	}
	return codeValue(v.arg.Type, out), true
}

// codeValue writes members of an enum as the module's code does.
func codeValue(t module.Type, v any) any {
	switch {
	case t.Kind == module.Enum:
		if m, ok := t.Member(fmt.Sprint(v)); ok {
			return m.Value
		}
	case t.Kind == module.List:
		list, _ := v.([]any)
		for i := range list {
			list[i] = codeValue(*t.Elem, list[i])
		}
	}
	return v
}
