package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	testFunc  = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(t \*testing\.T\)`)
)

// tests are the names of all tests in this repository, its other modules included.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil || len(names) < 300 {
		t.Fatalf("%d tests, %v", len(names), err)
	}
	return names
}

// TestPromises: each promise in a table of docs/security.md names the tests that would
// notice if it were not kept, and every test that a document names is there.
func TestPromises(t *testing.T) {
	known := tests(t)
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(err)
	}
	promises := 0
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		promised := false
		for line := range strings.Lines(string(text)) {
			named := namedTest.FindAllStringSubmatch(line, -1)
			for _, m := range named {
				if !known[m[1]] {
					t.Errorf("%s names %s, and there is no such test", page, m[1])
				}
			}
			switch {
			case strings.HasPrefix(line, "| promise |"):
				promised = true
			case !strings.HasPrefix(line, "|"):
				promised = false
			case promised && !strings.HasPrefix(line, "|--"):
				if promises++; len(named) == 0 {
					t.Errorf("%s: no test would notice: %s", page, line)
				}
			}
		}
	}
	if promises < 30 {
		t.Errorf("only %d promises: are the tables read?", promises)
	}
}
