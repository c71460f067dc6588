package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"dagger/pipeline/tests/harness"
)

// verb is a function of the module as its source has it.
type verb struct {
	path  []string // of the command: retention preview
	doc   string
	flags []string
}

// verbs reads them from main.go and the files beside it: what is missing on the command line is a mistake there.
func verbs(t *testing.T) []verb {
	t.Helper()
	var out []verb
	names, err := filepath.Glob(filepath.Join(world.Root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == "dagger.gen.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() {
				out = append(out, readVerb(f))
			}
		}
	}
	for _, name := range []string{"app-container", "terraform-container", "test", "test-reports", "build-package", "plan", "deploy", "destroy", "outputs", "retention apply"} {
		if !slices.ContainsFunc(out, func(v verb) bool { return strings.Join(v.path, " ") == name }) {
			t.Errorf("the module has no function %s", name)
		}
	}
	return out
}

func readVerb(f *ast.FuncDecl) verb {
	v := verb{path: []string{kebab(f.Name.Name)}}
	if object := f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name; object != "Pipeline" {
		v.path = append([]string{kebab(object)}, v.path...)
	}
	v.doc, _, _ = strings.Cut(f.Doc.Text(), "\n")
	params := f.Type.Params.List
	if len(params) == 1 {
		if inline, ok := params[0].Type.(*ast.StructType); ok {
			params = inline.Fields.List
		}
	}
	for _, field := range params {
		for _, name := range field.Names {
			if name.Name != "ctx" {
				v.flags = append(v.flags, "--"+kebab(name.Name))
			}
		}
	}
	return v
}

// kebab writes a Go name as a flag or function of the command line.
func kebab(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func TestFunctionsListsEveryVerb(t *testing.T) {
	r := world.Succeed(t, harness.Call{Args: []string{"functions"}})
	listed := map[string]string{}
	table, _, _ := strings.Cut(r.Stdout, "\n\n") // a Dagger engine tells more after it
	for line := range strings.Lines(table) {
		name, doc, _ := strings.Cut(strings.TrimSpace(line), " ")
		listed[name] = strings.TrimSpace(doc)
	}
	delete(listed, "Name")
	for _, v := range verbs(t) {
		name := v.path[0]
		if len(v.path) > 1 {
			continue // listed by `functions retention`
		}
		if doc, ok := listed[name]; !ok {
			t.Errorf("%s is not listed", name)
		} else if doc != v.doc {
			t.Errorf("%s is listed as %q, its source says %q", name, doc, v.doc)
		} else if !strings.HasSuffix(doc, ".") {
			t.Errorf("%s is listed with a part of a sentence: %q", name, doc)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("%q is listed, the module has no such function", name)
	}
}

func TestHelpOfEachVerb(t *testing.T) {
	for _, v := range verbs(t) {
		r := world.Succeed(t, harness.Call{Args: append(append([]string{"call"}, v.path...), "--help")})
		if text := strings.Join(strings.Fields(r.Stdout), " "); !strings.HasPrefix(text, v.doc) {
			t.Errorf("%s: the help begins with %.80q, want %q", v.path, text, v.doc)
		}
		for _, flag := range v.flags {
			line := regexp.MustCompile(`(?m)^ +` + flag + `(?: \S+)?\s+\S+`)
			if !line.MatchString(r.Stdout) {
				t.Errorf("%s: the help has no line with a description of %s:\n%s", v.path, flag, r.Stdout)
			}
		}
	}
}
