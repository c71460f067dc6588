package cli

import (
	"strings"

	"dagger/pipeline/embedded/module"
)

// API are the engine's object types by name.
type API map[string][]Field

// Field is one field of a type, in GraphQL's terms: types are written "String!"
// or "[DirectoryID!]".
type Field struct {
	Name, Doc string
	Args      []FieldArg
	Returns   string
}

// FieldArg is an argument of a field. Default is text, for the help.
type FieldArg struct {
	Name, Doc, Type, Default string
}

// provider is something with functions: the module, or a type of the API.
type provider struct {
	name      string
	functions []module.Function
	skipped   []string
	core      bool // a type of the API
}

func (p provider) find(name string) (module.Function, bool) {
	for _, f := range p.functions {
		if f.Command() == module.CommandName(name) {
			return f, true
		}
	}
	return module.Function{}, false
}

func (p provider) names() []string {
	var names []string
	for _, f := range p.functions {
		names = append(names, f.Command())
	}
	return names
}

// provider is what a chain continues with after a result of type t; not ok if t
// has no functions.
func (a *App) provider(m *module.Module, t module.Type) (provider, bool) {
	if !t.Own {
		return a.API.provider(t)
	}
	def, ok := m.TypeDef(t.Name)
	return provider{name: def.Name, functions: def.Functions, skipped: def.Skipped}, ok
}

// main is the type of the module's main object.
func main(m *module.Module) module.Type {
	return module.Type{Kind: module.Object, Name: m.Main().Name, Own: true}
}

// provider is what a type of the API offers, or the item type of a list; not ok if t
// has no functions.
func (api API) provider(t module.Type) (provider, bool) {
	name := t.Object()
	fields, ok := api[name]
	p := provider{name: name, core: true}
	for _, f := range fields {
		fn, ok := api.function(f)
		if !ok {
			p.skipped = append(p.skipped, module.CommandName(f.Name))
			continue
		}
		p.functions = append(p.functions, fn)
	}
	return p, ok
}

// function is a field as the command line sees it; not ok if it needs an
// argument that the command line cannot pass.
func (api API) function(f Field) (module.Function, bool) {
	fn := module.Function{Name: f.Name, Doc: f.Doc, Returns: api.typeOf(f.Returns)}
	for _, a := range f.Args {
		if strings.TrimSuffix(a.Type, "!") == "ID" {
			return fn, false
		}
		fn.Args = append(fn.Args, module.Arg{Name: a.Name, Doc: a.Doc, Type: api.typeOf(a.Type), Optional: !strings.HasSuffix(a.Type, "!")})
	}
	return fn, true
}

// typeOf reads a type of the API. An object as an argument is written as its id:
// DirectoryID. A name unknown to the API is a scalar, which is text.
func (api API) typeOf(name string) module.Type {
	name = strings.ReplaceAll(name, "!", "")
	inner := strings.Trim(name, "[]")
	t := module.ParseType(strings.TrimSuffix(inner, "ID"))
	if t.Kind == module.Object {
		if _, ok := api[t.Name]; !ok {
			t = module.Type{Kind: module.String}
		}
	}
	if inner != name {
		return module.Type{Kind: module.List, Elem: &t}
	}
	return t
}
