package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// modulePath is how imports of this repository begin.
const modulePath = "dagger/pipeline/"

// The drawings of CONTRIBUTING.md have the arrows that the imports have, and none points up.
func TestPictureIsThatOfTheImports(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	drawings := drawn(string(text))
	if len(drawings) != 2 {
		t.Fatalf("CONTRIBUTING.md has %d drawings, want that of the module and that of the embedded engine", len(drawings))
	}
	for i, root := range []string{".", "embedded"} {
		imports, err := imported(root)
		if err != nil {
			t.Fatal(err)
		}
		got, want := drawings[i], arrows(imports)
		for _, arrow := range missing(want, got.arrows) {
			t.Errorf("the drawing of %q in CONTRIBUTING.md lacks the arrow %s", root, arrow)
		}
		for _, arrow := range missing(got.arrows, want) {
			t.Errorf("the drawing of %q in CONTRIBUTING.md has the arrow %s, the source has not", root, arrow)
		}
		for _, arrow := range got.arrows {
			from, to, _ := strings.Cut(arrow, " --> ")
			if slices.Index(got.order, from) >= slices.Index(got.order, to) {
				t.Errorf("the arrow %s points up: %q stands below", arrow, from)
			}
		}
	}
}

// drawing is a graph in Mermaid's form: order has the names as they are first seen at the start of a
// line, then those that start none.
type drawing struct{ order, arrows []string }

var (
	block = regexp.MustCompile("(?s)```mermaid\n(.*?)```")
	arrow = regexp.MustCompile(`^\s*(\S+) --> (.+)$`)
)

func drawn(text string) []drawing {
	var out []drawing
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		var d drawing
		var below []string
		for line := range strings.Lines(m[1]) {
			parts := arrow.FindStringSubmatch(strings.TrimRight(line, "\n"))
			if parts == nil {
				continue
			}
			if !slices.Contains(d.order, parts[1]) {
				d.order = append(d.order, parts[1])
			}
			for _, to := range strings.Split(parts[2], " & ") {
				d.arrows = append(d.arrows, parts[1]+" --> "+to)
				below = append(below, to)
			}
		}
		for _, name := range below {
			if !slices.Contains(d.order, name) {
				d.order = append(d.order, name)
			}
		}
		out = append(out, d)
	}
	return out
}

// imported are the packages of the Go module at root, and what each imports of the same module, without
// the bindings, which are everywhere, and without what only tests import (names that end in "test").
func imported(root string) (map[string][]string, error) {
	prefix := modulePath
	if root != "." {
		prefix += root + "/"
	}
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, noModule := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (noModule == nil || entry.Name() == "internal" || entry.Name() == "testdata" || strings.HasSuffix(entry.Name(), "test") || strings.HasPrefix(entry.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if rel == "." {
			rel = "main"
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if to, ok := strings.CutPrefix(name, prefix); ok && !strings.HasPrefix(to, "internal/") {
				out[rel] = append(out[rel], to)
			}
		}
		return err
	})
	return out, err
}

func arrows(imports map[string][]string) []string {
	var out []string
	for from, all := range imports {
		for _, to := range all {
			out = append(out, from+" --> "+to)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// missing are those of want that are not in got.
func missing(want, got []string) []string {
	var out []string
	for _, w := range want {
		if !slices.Contains(got, w) {
			out = append(out, w)
		}
	}
	return out
}

// A file is about one thing, and short. main.go alone is longer: it is the table of contents, with every verb and every
// setting. What is generated does not count; tests do, as they are read like any other file.
func TestFilesAreShort(t *testing.T) {
	const most, mostOfMain = 250, 450
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (entry.Name() == "internal" && filepath.Dir(path) == "." || strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".gen.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		limit := most
		if path == "main.go" {
			limit = mostOfMain
		}
		if lines := strings.Count(string(text), "\n"); lines > limit {
			t.Errorf("%s has %d lines, at most %d: give what it holds apart a file of its own", path, lines, limit)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
