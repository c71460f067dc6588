package module

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadErrors(t *testing.T) {
	for _, tc := range []struct{ name, main, want string }{
		{"no main package", "package other\n", "no main.go in"},
		{"no main type", "package main\n", "no type Pipeline in"},
		{"no struct", "package main\ntype Pipeline int\n", "type Pipeline is not a struct"},
		{"syntax", "package main\nfunc {\n", "main.go:2:6: expected"},
		{"default of another type", head + "func (p *Pipeline) F(\n// +default=\"x\"\nn int) {}\n", `main.go:11: argument n: +default="x" is no Int`},
		{"default of an object", head + "func (p *Pipeline) F(\n// +default=\"x\"\nn *d.File) {}\n", "argument n: +default is not for objects"},
		{"ignore", head + "func (p *Pipeline) F(\n// +ignore=*\nn *d.Directory) {}\n", "argument n: +ignore wants a JSON list"},
		{"constructor", head + "func New(r io.Reader) *Pipeline { return nil }\n", "argument r of New: type is not supported"},
		{"nested struct", head + "func New(s struct{ N struct{ M int } }) *Pipeline { return nil }\n", "argument N of New: type is not supported"},
		{"inline without a name", head + "func New(s struct{ string }) *Pipeline { return nil }\n", "an argument of New has no name"},
		{"no name", head + "func (p *Pipeline) F(string) {}\n", "an argument of F has no name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Load(writeModule(t, tc.main))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

func TestConfigErrors(t *testing.T) {
	for _, tc := range []struct{ name, json, want string }{
		{"none", "", "no dagger.json in"},
		{"broken", "{", "unexpected end of JSON input"},
		{"no name", `{"sdk": "go"}`, "no name"},
		{"another sdk", `{"name": "x", "sdk": {"source": "python"}}`, `sdk "python"`},
		{"no sdk", `{"name": "x"}`, `sdk ""`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.json != "" {
				if err := os.WriteFile(filepath.Join(dir, ConfigName), []byte(tc.json), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestFindLooksUpwards(t *testing.T) {
	dir := writeModule(t, head)
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(below); err != nil || got != dir {
		t.Errorf("Find = %q, %v, want %q", got, err, dir)
	}
	if _, err := Find("/"); err == nil || !strings.Contains(err.Error(), "-m") {
		t.Errorf("Find above all modules: %v", err)
	}
}

func TestContextIsTheRepository(t *testing.T) {
	dir := t.TempDir()
	c := Config{Dir: filepath.Join(dir, "ci", "module")}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := c.ContextPath("/src"); got != filepath.Join(c.Dir, "src") {
		t.Errorf("outside of a repository: %q", got)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := c.ContextPath("/src"); got != filepath.Join(dir, "src") {
		t.Errorf("in a repository: %q", got)
	}
	if got := c.ContextPath("src"); got != filepath.Join(c.Dir, "src") {
		t.Errorf("relative: %q", got)
	}
}
