package module

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// GeneratedFile holds the bindings at the top of a module; it is no part of
// the module's own source.
const GeneratedFile = "dagger.gen.go"

// Module is what a module offers.
type Module struct {
	Config
	Package     string // import path of the Go module, such as dagger/pipeline
	Doc         string // of the main type
	Constructor Function
	Functions   []Function // in the order of the source
	Skipped     []string   // functions with types that the command line cannot handle
}

// Function finds a function by its name on the command line or in the source.
func (m *Module) Function(name string) (Function, bool) {
	for _, f := range m.Functions {
		if f.Name == name || f.Command() == CommandName(name) {
			return f, true
		}
	}
	return Function{}, false
}

// Load reads the module in dir.
func Load(dir string) (*Module, error) {
	c, err := ReadConfig(dir)
	if err != nil {
		return nil, err
	}
	m := &Module{Config: c}
	if m.Package, err = packagePath(c.SourceDir()); err != nil {
		return nil, err
	}
	s, err := parseDir(c.SourceDir())
	if err != nil {
		return nil, err
	}
	s.dagger = m.Package + "/internal/dagger"
	return m, s.describe(m)
}

// source is the parsed main package of a module.
type source struct {
	dir    string
	fset   *token.FileSet
	files  []*ast.File
	dagger string // import path of the bindings
}

func parseDir(dir string) (*source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the module: %w", err)
	}
	s := &source{dir: dir, fset: token.NewFileSet()}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == GeneratedFile || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(s.fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("reading the module: %w", oneError(err))
		}
		if f.Name.Name == "main" {
			s.files = append(s.files, f)
		}
	}
	if len(s.files) == 0 {
		return nil, fmt.Errorf("reading the module: no main.go in %q: a module's functions are methods of its package main", dir)
	}
	return s, nil
}

// packagePath reads the module path of go.mod.
func packagePath(dir string) (string, error) {
	path := filepath.Join(dir, "go.mod")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the module: no go.mod in %q", dir)
	}
	if err != nil {
		return "", fmt.Errorf("reading the module: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
			if name, err := strconv.Unquote(f[1]); err == nil {
				return name, nil
			}
			return f[1], nil
		}
	}
	return "", fmt.Errorf("reading %q: no module line", path)
}

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
