package steps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// cachedVerbs are those whose result a Dagger engine may reuse for the same arguments: it
// depends on nothing else, or on nothing that changes within the time given.
var cachedVerbs = map[string]string{
	"AppContainer":       "a container, whose layers are looked up when it is used",
	"TerraformContainer": "the same",
	"Test":               "the source decides, and for ten minutes the images; --attempt runs the tests again",
	"BuildPackage":       "the source decides, and for ten minutes the images",
	"BuildArtifacts":     "the same",
	"Retention":          "no answer, but the rules",
	"Validate":           "the source decides",
	"Fmt":                "the same",
}

// All other verbs read or change something besides their arguments.
func TestVerbsThatAreNeverCached(t *testing.T) {
	cached := maps.Clone(cachedVerbs)
	paths, err := filepath.Glob("../*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			_, may := cached[f.Name.Name]
			delete(cached, f.Name.Name)
			if never := strings.Contains(comments(f.Doc), `+cache="never"`); never == may {
				t.Errorf("%s: never cached: %t; in the table of those that may be: %t", f.Name.Name, never, may)
			}
		}
	}
	for name := range cached {
		t.Errorf("%s: there is no such verb", name)
	}
}

// comments are all lines, those that a tool reads too.
func comments(doc *ast.CommentGroup) (text string) {
	for _, c := range doc.List {
		text += c.Text + "\n"
	}
	return text
}

// A checker runs in each call: with the same files it may find more than yesterday.
func TestScanRunsEachTime(t *testing.T) {
	id, err := scanned(dag.Container(), dag.Directory(), "infra", []string{"tflint"}).ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before, _, ok := strings.Cut(string(id), "/withExec"); !ok || !strings.Contains(before, "/withEnvVariable") {
		t.Errorf("the checker is run with nothing that differs: %s", id)
	}
}
