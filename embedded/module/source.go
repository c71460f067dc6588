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

// GeneratedFile holds the bindings at the top of a module; it is not part of
// the module's own source.
const GeneratedFile = "dagger.gen.go"

// Module is what a module offers.
type Module struct {
	Config
	Package     string // import path of the Go module, such as dagger/pipeline
	Doc         string // of the main type
	Constructor Function
	// Types are the main type and those that its functions lead to.
	Types []TypeDef
}

// Main is the main type.
func (m *Module) Main() TypeDef { return m.Types[0] }

// TypeDef finds a type of the module.
func (m *Module) TypeDef(name string) (TypeDef, bool) {
	for _, t := range m.Types {
		if t.Name == name {
			return t, true
		}
	}
	return TypeDef{}, false
}

// Function finds a function by its name on the command line or in the source.
func (t TypeDef) Function(name string) (Function, bool) {
	for _, f := range t.Functions {
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
