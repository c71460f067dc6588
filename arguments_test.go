package main

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// moduleFiles are the files of the module that Dagger reads functions from.
func moduleFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil || !slices.Contains(names, "main.go") {
		t.Fatalf("%q, %v", names, err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") || name == "dagger.gen.go" })
}

// Dagger's help takes a name in backquotes for the type of the flag, and shows that in place of it.
func TestArgumentsHaveNoBackquotes(t *testing.T) {
	arguments := 0
	for _, name := range moduleFiles(t) {
		ast.Inspect(parsed(t, name), func(n ast.Node) bool {
			field, ok := n.(*ast.Field)
			if !ok {
				return true
			}
			arguments++
			if strings.Contains(lines(field.Doc), "`") {
				t.Errorf("%s: the comment of %s has backquotes", name, field.Names)
			}
			return true
		})
	}
	if arguments < 60 {
		t.Errorf("%d arguments were found", arguments)
	}
}
