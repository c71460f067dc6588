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
	name, doc string
	flags     []string
}

// verbs reads them from main.go: what is missing on the command line is a mistake there.
func verbs(t *testing.T) []verb {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(world.Root, "main.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var out []verb
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !f.Name.IsExported() {
			continue
		}
		v := verb{name: kebab(f.Name.Name)}
		v.doc, _, _ = strings.Cut(f.Doc.Text(), "\n")
		for _, field := range f.Type.Params.List {
			for _, name := range field.Names {
				if name.Name != "ctx" {
					v.flags = append(v.flags, "--"+kebab(name.Name))
				}
			}
		}
		out = append(out, v)
	}
	for _, name := range []string{"app-container", "terraform-container", "test", "test-reports", "build-package", "plan", "deploy", "destroy", "outputs"} {
		if !slices.ContainsFunc(out, func(v verb) bool { return v.name == name }) {
			t.Errorf("main.go has no function %s", name)
		}
	}
	return out
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
		if doc, ok := listed[v.name]; !ok {
			t.Errorf("%s is not listed", v.name)
		} else if doc != v.doc {
			t.Errorf("%s is listed as %q, its source says %q", v.name, doc, v.doc)
		} else if !strings.HasSuffix(doc, ".") {
			t.Errorf("%s is listed with a part of a sentence: %q", v.name, doc)
		}
		delete(listed, v.name)
	}
	for name := range listed {
		t.Errorf("%q is listed, main.go has no such function", name)
	}
}

func TestHelpOfEachVerb(t *testing.T) {
	for _, v := range verbs(t) {
		r := world.Succeed(t, harness.Call{Args: []string{"call", v.name, "--help"}})
		if text := strings.Join(strings.Fields(r.Stdout), " "); !strings.HasPrefix(text, v.doc) {
			t.Errorf("%s: the help begins with %.80q, want %q", v.name, text, v.doc)
		}
		for _, flag := range v.flags {
			line := regexp.MustCompile(`(?m)^ +` + flag + `(?: \S+)?\s+\S+`)
			if !line.MatchString(r.Stdout) {
				t.Errorf("%s: the help has no line with a description of %s:\n%s", v.name, flag, r.Stdout)
			}
		}
	}
}
