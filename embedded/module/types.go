package module

import (
	"encoding/json"
	"strings"

	"github.com/iancoleman/strcase"
)

// Kind is what sort of value a Type holds.
type Kind int

// The kinds of values.
const (
	Void Kind = iota
	String
	Int
	Float
	Bool
	Enum
	Object
	List
)

// Type is the type of an argument or of a result.
type Type struct {
	Kind   Kind
	Name   string   // of an object or an enum
	Own    bool     // an object of the module's, not of the API's
	Elem   *Type    // of a list
	Values []Member // of an enum
}

// Member is one value of an enum: Name is what the command line accepts, Value
// what the module's code gets.
type Member struct {
	Name, Value, Doc string
}

// String names t as Dagger's API does: "String", "[String]", "Directory".
func (t Type) String() string {
	switch t.Kind {
	case Void:
		return "Void"
	case String:
		return "String"
	case Int:
		return "Int"
	case Float:
		return "Float"
	case Bool:
		return "Boolean"
	case List:
		return "[" + t.Elem.String() + "]"
	}
	return t.Name
}

// ParseType is the inverse of String, for types without enums.
func ParseType(name string) Type {
	if inner, ok := strings.CutPrefix(name, "["); ok {
		elem := ParseType(strings.TrimSuffix(inner, "]"))
		return Type{Kind: List, Elem: &elem}
	}
	switch name {
	case "", "Void":
		return Type{Kind: Void}
	case "String":
		return Type{Kind: String}
	case "Int":
		return Type{Kind: Int}
	case "Float":
		return Type{Kind: Float}
	case "Boolean":
		return Type{Kind: Bool}
	}
	return Type{Kind: Object, Name: name}
}

// Object returns the name of the object type that t is or is a list of, or "".
func (t Type) Object() string {
	if t.Kind == List {
		return t.Elem.Object()
	}
	if t.Kind == Object {
		return t.Name
	}
	return ""
}

// Arg is an argument of a function.
type Arg struct {
	Name string // as the source writes it
	Doc  string
	Type Type

	Optional       bool
	Default        json.RawMessage // nil: none
	DefaultPath    string          // of a directory or file, in the module's repository
	DefaultAddress string          // of a container
	Ignore         []string        // patterns that a directory leaves out
}

// Flag is the name of the argument on the command line.
func (a Arg) Flag() string { return CommandName(a.Name) }

// Required reports whether a call must give the argument.
func (a Arg) Required() bool { return !a.Optional && a.Default == nil }

// Function is the constructor, a function or a field of an object.
type Function struct {
	Name    string // as the source writes it
	Doc     string
	Args    []Arg
	Returns Type
	Cache   string // of the +cache pragma
	Check   bool
	Field   bool // an exported field of the struct: no arguments
	Inline  bool // its arguments are the fields of one struct
}

// TypeDef is a type of the module that has functions.
type TypeDef struct {
	Name      string
	Functions []Function // in the order of the source
	Skipped   []string   // functions with types that the command line cannot handle
}

// Command is the name of the function on the command line.
func (f Function) Command() string { return CommandName(f.Name) }

// Short is the first line of the documentation, or "-".
func (f Function) Short() string {
	s, _, _ := strings.Cut(f.Doc, "\n")
	if s == "" {
		return "-"
	}
	return s
}

// CommandName writes a name of the source as the command line does:
// awsAccessKeyId is aws-access-key-id.
func CommandName(name string) string { return strcase.ToKebab(name) }
