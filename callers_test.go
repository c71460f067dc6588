package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// Modules in this repository that call this one fit its constructor and its verbs. Their bindings are made by a Dagger engine only, so no compiler
// looks at them before.
func TestCallersFitTheModule(t *testing.T) {
	required, options, verbs := signatures(t)
	if len(options) < 20 || len(verbs) < 20 {
		t.Fatalf("%d options and %d verbs are read", len(options), len(verbs))
	}
	for _, name := range []string{"examples/go/main.go", "tests/module/main.go"} {
		calls := 0
		ast.Inspect(parsed(t, name), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if isSelector(n.Fun, "dag", "Pipeline") {
					calls++
					if len(n.Args) < required || len(n.Args) > required+1 || len(n.Args) > required && !isOptions(n.Args[required]) {
						t.Errorf("%s: dag.Pipeline has other arguments than %d and its options", name, required)
					}
				}
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && isPipeline(s.X) && !slices.Contains(verbs, s.Sel.Name) {
					t.Errorf("%s calls %s, which is no verb", name, s.Sel.Name)
				}
			case *ast.CompositeLit:
				for _, element := range n.Elts {
					if field, ok := element.(*ast.KeyValueExpr); ok && isOptions(n) && !slices.Contains(options, field.Key.(*ast.Ident).Name) {
						t.Errorf("%s sets %s, which is no option", name, field.Key)
					}
				}
			}
			return true
		})
		if calls == 0 {
			t.Errorf("%s calls no pipeline", name)
		}
	}
}

// signatures are the constructor's number of required arguments, its options, and the verbs.
func signatures(t *testing.T) (required int, options, verbs []string) {
	t.Helper()
	for _, name := range moduleFiles(t) {
		for _, decl := range parsed(t, name).Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv != nil && f.Name.IsExported() {
				verbs = append(verbs, f.Name.Name)
			}
			if !ok || f.Recv != nil || f.Name.Name != "New" {
				continue
			}
			for _, field := range f.Type.Params.List[0].Type.(*ast.StructType).Fields.List {
				doc := lines(field.Doc)
				if strings.Contains(doc, "+optional") || strings.Contains(doc, "+default") {
					options = append(options, field.Names[0].Name)
				} else {
					required++
				}
			}
		}
	}
	return required, options, verbs
}

// lines are all of a comment; Text leaves out those that begin with a plus.
func lines(doc *ast.CommentGroup) (out string) {
	if doc != nil {
		for _, line := range doc.List {
			out += line.Text + "\n"
		}
	}
	return out
}

func parsed(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func isSelector(e ast.Expr, of, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == of
}

func isOptions(e ast.Expr) bool {
	literal, ok := e.(*ast.CompositeLit)
	return ok && isSelector(literal.Type, "dagger", "PipelineOpts")
}

// isPipeline tells whether an expression is a pipeline: dag.Pipeline(...), or the tests' own t.pipeline(...).
func isPipeline(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && (isSelector(call.Fun, "dag", "Pipeline") || isSelector(call.Fun, "t", "pipeline"))
}
