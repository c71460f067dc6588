package module

import (
	"errors"
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"

	"github.com/iancoleman/strcase"
)

// goType is a Type as the source writes it: optional if it is a pointer to
// something that is not an object, or variadic.
type goType struct {
	Type
	optional bool
}

// errUnsupported is why a function is not on the command line.
var errUnsupported = errors.New("type is not supported")

// typeOf reads a type expression of file f.
func (s *source) typeOf(f *ast.File, e ast.Expr) (goType, error) {
	switch e := e.(type) {
	case *ast.Ident:
		return s.named(f, e.Name)
	case *ast.StarExpr:
		if sel, ok := e.X.(*ast.SelectorExpr); ok && s.imported(f, sel) == s.dagger {
			return goType{Type: Type{Kind: Object, Name: sel.Sel.Name}}, nil
		}
		t, err := s.typeOf(f, e.X)
		t.optional = true
		return t, err
	case *ast.SelectorExpr: // a scalar of the API, such as dagger.Platform
		if s.imported(f, e) == s.dagger {
			return goType{Type: Type{Kind: String}}, nil
		}
	case *ast.ArrayType:
		if e.Len == nil {
			return s.list(f, e.Elt)
		}
	case *ast.Ellipsis:
		t, err := s.list(f, e.Elt)
		t.optional = true
		return t, err
	}
	return goType{}, errUnsupported
}

func (s *source) list(f *ast.File, elem ast.Expr) (goType, error) {
	t, err := s.typeOf(f, elem)
	if err != nil || t.Kind == List {
		return goType{}, errUnsupported
	}
	return goType{Type: Type{Kind: List, Elem: &t.Type}}, nil
}

// named reads a predeclared type or one of the package: an enum, or another
// name for something else.
func (s *source) named(f *ast.File, name string) (goType, error) {
	switch name {
	case "string":
		return goType{Type: Type{Kind: String}}, nil
	case "bool":
		return goType{Type: Type{Kind: Bool}}, nil
	case "float32", "float64":
		return goType{Type: Type{Kind: Float}}, nil
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		return goType{Type: Type{Kind: Int}}, nil
	}
	var found goType
	err := errUnsupported
	_ = s.eachDecl(func(in *ast.File, d ast.Decl) error {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			return nil
		}
		for _, spec := range g.Specs {
			if t := spec.(*ast.TypeSpec); t.Name.Name == name && !isIdent(t.Type, name) {
				found, err = s.typeOf(in, t.Type)
			}
		}
		return nil
	})
	if err != nil {
		return goType{}, err
	}
	if values := s.members(name); found.Kind == String && len(values) > 0 {
		return goType{Type: Type{Kind: Enum, Name: name, Values: values}}, nil
	}
	return found, nil
}

// members are the constants of type name. If all names start with the type's
// name, that part is removed.
func (s *source) members(name string) []Member {
	var list []Member
	trim := true
	_ = s.eachDecl(func(_ *ast.File, d ast.Decl) error {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			return nil
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			if !isIdent(v.Type, name) || len(v.Names) != len(v.Values) {
				continue
			}
			for i, id := range v.Names {
				lit, ok := v.Values[i].(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					continue
				}
				value, _ := strconv.Unquote(lit.Value)
				list = append(list, Member{Name: id.Name, Value: value, Doc: docText(v.Doc, v.Comment)})
				trim = trim && strings.HasPrefix(id.Name, name)
			}
		}
		return nil
	})
	for i := range list {
		if trim {
			list[i].Name = strings.TrimPrefix(list[i].Name, name)
		}
		list[i].Name = strcase.ToScreamingSnake(list[i].Name)
	}
	return list
}

// imported is the import path that the package name of sel stands for in f.
func (s *source) imported(f *ast.File, sel *ast.SelectorExpr) string {
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == pkg.Name {
			return p
		}
	}
	return ""
}

func (s *source) isContext(f *ast.File, e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Context" && s.imported(f, sel) == "context"
}
