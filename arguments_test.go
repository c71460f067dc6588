package main

import (
	"go/ast"
	"strings"
	"testing"
)

// Dagger's help takes a name in backquotes for the type of the flag, and shows that in place of it.
func TestArgumentsHaveNoBackquotes(t *testing.T) {
	arguments := 0
	for _, name := range []string{"main.go", "note.go", "page.go", "retention.go"} {
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
