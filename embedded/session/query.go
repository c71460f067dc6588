package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// asker is where a query comes from. The caller's command line may name things on
// its machine. The module's program may not: it has what it was given, by id.
type asker bool

const (
	byModule asker = false
	byCaller asker = true
)

// Query runs a GraphQL document for the caller, in process, and returns the value
// of "data". An error is an *Error.
func (s *Server) Query(ctx context.Context, query string) (json.RawMessage, error) {
	data, err := s.execute(ctx, byCaller, query)
	if err != nil {
		return nil, s.asError(err)
	}
	return json.Marshal(data)
}

func (s *Server) execute(ctx context.Context, by asker, query string) (map[string]any, error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, fmt.Errorf("parsing query: %w", err)
	}
	if len(doc.Operations) != 1 || doc.Operations[0].Operation != ast.Query {
		return nil, errors.New("parsing query: want exactly one operation, a query")
	}
	return s.selectAll(ctx, by, s.root, doc.Operations[0].SelectionSet)
}

func (s *Server) selectAll(ctx context.Context, by asker, self *object, set ast.SelectionSet) (map[string]any, error) {
	out := map[string]any{}
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			v, err := s.selectField(ctx, by, self, sel)
			if err != nil {
				return nil, err
			}
			out[sel.Alias] = v
		case *ast.InlineFragment:
			if c := sel.TypeCondition; c != "" && c != self.typ {
				return nil, fmt.Errorf("object %q is a %s, not a %s", shorten(self.id), self.typ, c)
			}
			inner, err := s.selectAll(ctx, by, self, sel.SelectionSet)
			if err != nil {
				return nil, err
			}
			for k, v := range inner {
				out[k] = v
			}
		default:
			return nil, errors.New("named fragments are not supported by the embedded engine")
		}
	}
	return out, nil
}

func (s *Server) selectField(ctx context.Context, by asker, self *object, sel *ast.Field) (any, error) {
	switch sel.Name {
	case "__typename":
		return self.typ, nil
	case "id":
		return self.id, nil
	}
	f, err := types[self.typ].field(sel.Name)
	if err != nil {
		return nil, err
	}
	if f.Machine && by != byCaller {
		return nil, fmt.Errorf("%s.%s reaches the caller's machine, and the module may not: pass what it needs as an argument, save what it gives with --output", self.typ, f.Name)
	}
	a, err := decodeArgs(self.typ, f, sel.Arguments)
	if err != nil {
		return nil, err
	}
	v, err := s.call(ctx, self, f, a)
	if err != nil {
		return nil, err
	}
	return s.present(ctx, by, v, sel.SelectionSet)
}

// call resolves a field. Fields that return objects, and fixed ones, run once for
// each chain in a session; other scalars are resolved again, because BuildKit knows
// what is unchanged.
func (s *Server) call(ctx context.Context, self *object, f Field, a args) (any, error) {
	elem, _ := listOf(f.Returns)
	if _, isObject := types[elem]; !isObject && !f.Fixed {
		return f.resolve(ctx, s, self, a)
	}
	id, err := chainID(s.salt, self.id, f.Name, a)
	if err != nil {
		return nil, err
	}
	return s.objects.once(id, func() (any, error) { return f.resolve(ctx, s, self, a) })
}

// present turns a resolved value into its JSON form, following sub-selections.
func (s *Server) present(ctx context.Context, by asker, v any, set ast.SelectionSet) (any, error) {
	switch v := v.(type) {
	case *object:
		if len(set) == 0 {
			return nil, fmt.Errorf("an object of type %s needs a selection of its fields", v.typ)
		}
		return s.selectAll(ctx, by, v, set)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			p, err := s.present(ctx, by, item, set)
			if err != nil {
				return nil, err
			}
			out[i] = p
		}
		return out, nil
	}
	return v, nil
}

func decodeArgs(typ string, f Field, given ast.ArgumentList) (args, error) {
	a := args{}
	for _, g := range given {
		spec, ok := f.arg(g.Name)
		if !ok {
			return nil, fmt.Errorf("argument %q of %s.%s is not implemented by the embedded engine: use `dagger call` with a Dagger engine", g.Name, typ, f.Name)
		}
		v, err := decodeValue(g.Value)
		if err != nil {
			return nil, fmt.Errorf("argument %q of %s.%s: %w", g.Name, typ, f.Name, err)
		}
		if v == nil {
			continue
		}
		if _, list := listOf(spec.Type); list {
			if _, is := v.([]any); !is {
				v = []any{v}
			}
		}
		a[g.Name] = v
	}
	for _, spec := range f.Args {
		if _, ok := a[spec.Name]; !ok && strings.HasSuffix(spec.Type, "!") {
			return nil, fmt.Errorf("argument %q of %s.%s is required", spec.Name, typ, f.Name)
		}
	}
	return a, nil
}

func decodeValue(v *ast.Value) (any, error) {
	switch v.Kind {
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return v.Raw, nil
	case ast.BooleanValue:
		return v.Raw == "true", nil
	case ast.IntValue:
		return strconv.Atoi(v.Raw)
	case ast.NullValue:
		return nil, nil
	case ast.ListValue:
		out := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			item, err := decodeValue(c.Value)
			if err != nil {
				return nil, err
			}
			out = append(out, item)
		}
		return out, nil
	}
	return nil, fmt.Errorf("value %s is of a kind that the embedded engine does not read", v.String())
}
