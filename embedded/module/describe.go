package module

import (
	"errors"
	"fmt"
	"go/ast"
	"strings"
)

// describe fills m from the source.
func (s *source) describe(m *Module) error {
	object := m.Object()
	found := false
	err := s.eachDecl(func(f *ast.File, d ast.Decl) error {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok || t.Name.Name != object {
					continue
				}
				st, ok := t.Type.(*ast.StructType)
				if !ok {
					return fmt.Errorf("reading the module: type %s is not a struct", object)
				}
				found = true
				m.Doc = docText(t.Doc, d.Doc)
				s.fields(m, f, st)
			}
		case *ast.FuncDecl:
			return s.function(m, f, d)
		}
		return nil
	})
	if err == nil && !found {
		err = fmt.Errorf("reading the module: no type %s in %q: the main type has the name of the module", object, s.dir)
	}
	return err
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

// fields adds the exported fields of the main type that are not +private.
func (s *source) fields(m *Module, f *ast.File, st *ast.StructType) {
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
			t, err := s.typeOf(f, field.Type)
			if err != nil {
				m.Skipped = append(m.Skipped, CommandName(name.Name))
				continue
			}
			m.Functions = append(m.Functions, Function{Name: name.Name, Doc: doc, Returns: t.Type, Field: true})
		}
	}
}

// function adds a method of the main type, or its constructor.
func (s *source) function(m *Module, f *ast.File, d *ast.FuncDecl) error {
	constructor := d.Recv == nil && d.Name.Name == "New"
	if !constructor && (d.Recv == nil || !d.Name.IsExported() || receiver(d) != m.Object()) {
		return nil
	}
	p, doc := splitPragmas(d.Doc.Text())
	fn := Function{Name: d.Name.Name, Doc: doc, Cache: p.text("cache"), Check: p.set("check")}
	var err error
	if fn.Args, err = s.args(f, d); err != nil {
		return err
	}
	for _, a := range fn.Args {
		if a.Type.Kind != Void || !a.Required() {
			continue
		}
		if constructor {
			return fmt.Errorf("reading the module: %s: argument %s of New: %w", s.at(d.Name), a.Name, errUnsupported)
		}
		m.Skipped = append(m.Skipped, fn.Command())
		return nil
	}
	if constructor {
		m.Constructor = fn
		return nil
	}
	if fn.Returns, err = s.result(f, d); err != nil {
		m.Skipped = append(m.Skipped, fn.Command())
		return nil
	}
	m.Functions = append(m.Functions, fn)
	return nil
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
	t, err := s.typeOf(f, list[0].Type)
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
