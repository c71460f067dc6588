package module

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// describe fills m from the source: the constructor, the main type, and each
// type that a function returns.
func (s *source) describe(m *Module) error {
	main := m.Object()
	spec, doc := s.typeSpec(main)
	if spec == nil {
		return fmt.Errorf("reading the module: no type %s in %q: the main type has the name of the module", main, s.dir)
	}
	if _, ok := spec.Type.(*ast.StructType); !ok {
		return fmt.Errorf("reading the module: type %s is not a struct", main)
	}
	m.Doc = doc
	if err := s.constructor(m); err != nil {
		return err
	}
	for names := []string{main}; len(names) > 0; names = names[1:] {
		if _, ok := m.TypeDef(names[0]); ok {
			continue
		}
		o, err := s.object(names[0])
		if err != nil {
			return err
		}
		m.Types = append(m.Types, o)
		for _, f := range o.Functions {
			if f.Returns.Own {
				names = append(names, f.Returns.Name)
			}
		}
	}
	return nil
}

// typeSpec finds a type of the module and its documentation.
func (s *source) typeSpec(name string) (found *ast.TypeSpec, doc string) {
	_ = s.eachDecl(func(_ *ast.File, d ast.Decl) error {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			return nil
		}
		for _, spec := range g.Specs {
			if t := spec.(*ast.TypeSpec); t.Name.Name == name {
				found, doc = t, docText(t.Doc, g.Doc)
			}
		}
		return nil
	})
	return found, doc
}

// object reads the fields and methods of a type.
func (s *source) object(name string) (TypeDef, error) {
	o := TypeDef{Name: name}
	err := s.eachDecl(func(f *ast.File, d ast.Decl) error {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == name {
					if fields, ok := t.Type.(*ast.StructType); ok {
						s.fields(&o, f, fields)
					}
				}
			}
		case *ast.FuncDecl:
			if d.Recv != nil && d.Name.IsExported() && receiver(d) == name {
				return s.method(&o, f, d)
			}
		}
		return nil
	})
	return o, err
}

func (s *source) eachDecl(do func(*ast.File, ast.Decl) error) error {
	for _, f := range s.files {
		for _, d := range f.Decls {
			if err := do(f, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// fields adds the exported fields of a type that are not +private.
func (s *source) fields(o *TypeDef, f *ast.File, st *ast.StructType) {
	for _, field := range st.Fields.List {
		p, doc := splitPragmas(field.Doc.Text())
		line, lineDoc := splitPragmas(field.Comment.Text())
		p.merge(line)
		if doc == "" {
			doc = lineDoc
		}
		for _, name := range field.Names {
			if !name.IsExported() || p.set("private") {
				continue
			}
			t, err := s.returned(f, field.Type)
			if err != nil {
				o.Skipped = append(o.Skipped, CommandName(name.Name))
				continue
			}
			o.Functions = append(o.Functions, Function{Name: name.Name, Doc: doc, Returns: t, Field: true})
		}
	}
}

// method adds a method of a type.
func (s *source) method(o *TypeDef, f *ast.File, d *ast.FuncDecl) error {
	fn, unsupported, err := s.function(f, d)
	if err != nil {
		return err
	}
	if unsupported == "" {
		fn.Returns, err = s.result(f, d)
	}
	if unsupported != "" || err != nil {
		o.Skipped = append(o.Skipped, fn.Command())
		return nil
	}
	o.Functions = append(o.Functions, fn)
	return nil
}

// constructor reads the function New, if there is one.
func (s *source) constructor(m *Module) error {
	return s.eachDecl(func(f *ast.File, d ast.Decl) error {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Recv != nil || fd.Name.Name != "New" {
			return nil
		}
		fn, unsupported, err := s.function(f, fd)
		if err == nil && unsupported != "" {
			err = fmt.Errorf("reading the module: %s: argument %s of New: %w", s.at(fd.Name), unsupported, errUnsupported)
		}
		m.Constructor = fn
		return err
	})
}

// function reads a function without its result, and names a required argument
// that the command line cannot pass.
func (s *source) function(f *ast.File, d *ast.FuncDecl) (fn Function, unsupported string, err error) {
	p, doc := splitPragmas(d.Doc.Text())
	fn = Function{Name: d.Name.Name, Doc: doc, Cache: p.text("cache"), Check: p.set("check")}
	fn.Args, fn.Inline, err = s.args(f, d)
	for _, a := range fn.Args {
		if a.Type.Kind == Void && a.Required() {
			return fn, a.Name, err
		}
	}
	return fn, "", err
}

func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// result is the type of what a function returns besides its error.
func (s *source) result(f *ast.File, d *ast.FuncDecl) (Type, error) {
	if d.Type.Results == nil {
		return Type{}, nil
	}
	list := d.Type.Results.List
	if n := len(list); n > 0 && isIdent(list[n-1].Type, "error") {
		list = list[:n-1]
	}
	if len(list) == 0 {
		return Type{}, nil
	}
	if len(list) > 1 {
		return Type{}, fmt.Errorf("too many results")
	}
	return s.returned(f, list[0].Type)
}

// returned is the type of a result, which may be an object of the module.
func (s *source) returned(f *ast.File, e ast.Expr) (Type, error) {
	inner := e
	if star, ok := e.(*ast.StarExpr); ok {
		inner = star.X
	}
	if id, ok := inner.(*ast.Ident); ok {
		if spec, _ := s.typeSpec(id.Name); spec != nil {
			if _, ok := spec.Type.(*ast.StructType); ok {
				return Type{Kind: Object, Name: id.Name, Own: true}, nil
			}
		}
	}
	t, err := s.typeOf(f, e)
	return t.Type, err
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func docText(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			_, doc := splitPragmas(g.Text())
			return doc
		}
	}
	return ""
}

// oneError cuts a list of syntax errors down to the first.
func oneError(err error) error {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(first)
}
