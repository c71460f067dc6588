package session

import (
	"context"
	"fmt"
	"sort"
	"strings"
)

// Type is one object type of the API surface that this engine implements.
type Type struct {
	Name   string
	Doc    string
	Fields []Field
}

// Field is one field of a Type. Returns is a GraphQL type: "String!",
// "[String!]!", "Container!".
type Field struct {
	Name    string
	Doc     string
	Args    []Arg
	Returns string
	// Machine marks a field that reads, writes or runs something on the caller's machine.
	Machine bool
	// Fixed marks a scalar that never changes.
	Fixed bool

	resolve resolver
}

// Arg is one argument of a Field. Type is a GraphQL type; one that ends in "!"
// is required. Objects are given by id.
type Arg struct {
	Name    string
	Type    string
	Doc     string
	Default string
}

// A resolver computes a field of self from decoded arguments. It returns a
// scalar, a list of strings, or an API object (*container, *directory, ...).
type resolver func(ctx context.Context, s *Server, self *object, a args) (any, error)

// types is the table that everything is derived from: execution, the error for
// missing fields, and the command line's chained functions.
var types = map[string]Type{}

func register(t Type) {
	sort.Slice(t.Fields, func(i, j int) bool { return t.Fields[i].Name < t.Fields[j].Name })
	types[t.Name] = t
}

// Types returns the API surface by type name.
func Types() map[string]Type { return types }

func (t Type) field(name string) (Field, error) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, nil
		}
	}
	return Field{}, fmt.Errorf("field %q of %s is not implemented by the embedded engine: use `dagger call` with a Dagger engine", name, t.Name)
}

func (f Field) arg(name string) (Arg, bool) {
	for _, a := range f.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// required writes an argument of a field's signature; optional one that may be
// left out.
func required(name, typ, doc string) Arg { return Arg{Name: name, Type: typ + "!", Doc: doc} }
func optional(name, typ, doc string) Arg { return Arg{Name: name, Type: typ, Doc: doc} }

// args are the decoded arguments of one call.
type args map[string]any

func (a args) str(name string) string { s, _ := a[name].(string); return s }
func (a args) boolean(name string) bool {
	b, _ := a[name].(bool)
	return b
}

func (a args) integer(name string, def int) int {
	if n, ok := a[name].(int); ok {
		return n
	}
	return def
}

func (a args) strs(name string) []string {
	list, _ := a[name].([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// obj returns the value of an argument that is an id of an object of type T.
func obj[T any](s *Server, a args, name string) (T, error) {
	var zero T
	id := a.str(name)
	o, ok := s.objects.get(id)
	if !ok {
		return zero, fmt.Errorf("argument %q: no object has the id %q in this session", name, shorten(id))
	}
	v, ok := o.value.(T)
	if !ok {
		return zero, fmt.Errorf("argument %q: got a %s", name, o.typ)
	}
	return v, nil
}

func shorten(id string) string {
	if len(id) > 24 {
		return id[:24] + "..."
	}
	return id
}

// listOf reports whether typ is a list, and of what.
func listOf(typ string) (string, bool) {
	typ = strings.TrimSuffix(typ, "!")
	if !strings.HasPrefix(typ, "[") {
		return typ, false
	}
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(typ, "["), "]"), "!"), true
}
