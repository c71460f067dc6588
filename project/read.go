package project

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// read fills a struct from a decoded TOML value. What the struct has no field
// for is an error, so that a misspelt setting is never silently without effect.
func read(key string, value, into any) error {
	return readInto(key, "", value, reflect.ValueOf(into).Elem())
}

func readInto(key, form string, value any, into reflect.Value) error {
	if rules, ok := into.Addr().Interface().(*Rules); ok {
		return readRules(key, value, rules)
	}
	switch into.Kind() {
	case reflect.String:
		text, ok := value.(string)
		if wanted := formOf(form); !ok || !wanted.fits(text) {
			return wrong(key, value, wanted.wanted)
		}
		into.SetString(strings.ReplaceAll(text, "\r\n", "\n")) // as Windows writes a file
	case reflect.Int:
		port, ok := value.(int64)
		if !ok || port < 1 || port > 65535 {
			return wrong(key, value, "a port from 1 to 65535, without quotes")
		}
		into.SetInt(port)
	case reflect.Slice:
		return readList(key, form, value, into)
	case reflect.Map:
		return readMap(key, value, into)
	case reflect.Pointer: // a table that may be empty and still be there
		into.Set(reflect.New(into.Type().Elem()))
		return readTable(key, value, into.Elem())
	case reflect.Struct:
		return readTable(key, value, into)
	}
	return nil
}

func readList(key, form string, value any, into reflect.Value) error {
	list, ok := value.([]any)
	if !ok {
		return wrong(key, value, `a list such as ["a", "b"]`)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, v := range list {
		if err := readInto(fmt.Sprintf("%s[%d]", key, i), form, v, into.Index(i)); err != nil {
			return err
		}
		if form == "path" && slices.Contains(list[:i], v) {
			return fmt.Errorf("%s names %q twice: take one out", key, v)
		}
	}
	return nil
}

// readMap reads tables whose keys are the project's own: NAME = "value", where
// the value may be empty, or [services.NAME].
func readMap(key string, value any, into reflect.Value) error {
	table, ok := value.(map[string]any)
	if !ok {
		return wrong(key, value, `a table such as { NAME = "value" }`)
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, k := range sortedKeys(table) {
		v := reflect.New(into.Type().Elem()).Elem()
		if v.Kind() == reflect.String && strings.ContainsAny(k, "= \t\n\x00") || k == "" {
			return fmt.Errorf("%s has the name %q: give one without blanks and =", key, k)
		}
		if text, ok := table[k].(string); ok && v.Kind() == reflect.String {
			v.SetString(text)
		} else if v.Kind() == reflect.String {
			return wrong(key+"."+k, table[k], "a text in quotes")
		} else if err := readInto(key+"."+k, "", table[k], v); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(k), v)
	}
	return nil
}

func readTable(key string, value any, into reflect.Value) error {
	table, ok := value.(map[string]any)
	if !ok {
		return wrong(key, value, "a table: ["+key+"]")
	}
	var known []string
	for field := range fields(into.Type()) {
		known = append(known, field.key)
		v, given := table[field.key]
		if !given && field.must {
			return fmt.Errorf("%s has no %s: add the key: %s", key, field.key, field.doc)
		}
		if !given {
			continue
		}
		if err := readInto(key+"."+field.key, field.form, v, into.Field(field.index)); err != nil {
			return err
		}
	}
	for _, k := range sortedKeys(table) {
		if !slices.Contains(known, k) {
			return fmt.Errorf("%s.%s is no setting: did you mean %s.%s? All of them are in docs/projects.md", key, k, key, nearest(k, known))
		}
	}
	return nil
}

// readRules reads a list of files, or lists by environment.
func readRules(key string, value any, into *Rules) error {
	if table, ok := value.(map[string]any); ok {
		for _, environments := range sortedKeys(table) {
			rule := Rule{Environments: environments}
			if err := rule.check(key); err != nil {
				return err
			}
			if err := readInto(key+"."+environments, "path", table[environments], reflect.ValueOf(&rule.Files).Elem()); err != nil {
				return err
			}
			*into = append(*into, rule)
		}
		return nil
	}
	if _, ok := value.([]any); !ok {
		return wrong(key, value, `a list of files, or a table such as { "mr-*" = ["dev.tfvars"] }`)
	}
	rule := Rule{Environments: "*"}
	*into = Rules{rule}
	return readInto(key, "path", value, reflect.ValueOf(&(*into)[0].Files).Elem())
}

// wrong is the error of a value that is not in its form.
func wrong(key string, value any, wanted string) error {
	return fmt.Errorf("%s is %s: give it %s", key, described(value), wanted)
}

func described(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case int64, float64, bool:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return strings.ToLower(fmt.Sprintf("a %T", value))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
