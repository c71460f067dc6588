package module

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fixture = "testdata/fixture"

func TestLoadFixture(t *testing.T) {
	m, err := Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	if m.Package != "dagger/pipeline" || m.Object() != "Pipeline" || m.Doc != "Tests, packages and deploys a project." {
		t.Errorf("got package %q, object %q, doc %q", m.Package, m.Object(), m.Doc)
	}
	var commands []string
	for _, f := range m.Main().Functions {
		commands = append(commands, f.Command()+":"+f.Returns.String())
	}
	want := "region:String test:String test-reports:Directory build-package:File app-container:Container deploy:String " +
		"environments:[String] count:Int clean:Boolean doctor:Void fail:Void"
	if got := strings.Join(commands, " "); got != want {
		t.Errorf("functions\n got %s\nwant %s", got, want)
	}
	test, _ := m.Main().Function("test")
	if !test.Check || test.Short() != "Runs the tests of the project." || !strings.HasSuffix(test.Doc, "while they run.") {
		t.Errorf("got %+v", test)
	}
	if deploy, _ := m.Main().Function("deploy"); deploy.Cache != "never" {
		t.Errorf("deploy's cache is %q", deploy.Cache)
	}
}

func TestLoadArguments(t *testing.T) {
	m, err := Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	deploy, _ := m.Main().Function("deploy")
	environments, _ := m.Main().Function("environments")
	for _, tc := range []struct {
		fn                             Function
		flag, typ, def, doc            string
		required                       bool
		defaultPath, firstIgnore, last string
	}{
		{m.Constructor, "source", "Directory", "", "The project's directory", false, "/", "*", "!pyproject.toml"},
		{m.Constructor, "python-image", "String", `"python:3.13-slim"`, "Python base image", false, "", "", ""},
		{m.Constructor, "aws-access-key-id", "Secret", "", "Access key of a user, for runners that have no role", false, "", "", ""},
		{deploy, "environment", "String", "", "Environment: mr-NUMBER, staging or prod", true, "", "", ""},
		{deploy, "targets", "[String]", "", "Resources to limit the run to", false, "", "", ""},
		{deploy, "attempts", "Int", "3", "How many times to try", false, "", "", ""},
		{deploy, "dry-run", "Boolean", "", "Only say what would be done", false, "", "", ""},
		{deploy, "detail", "Detail", `"SHORT"`, "Detail of the report", false, "", "", ""},
		{deploy, "terraform", "Container", "", "Container to run terraform in", false, "", "", ""},
		{environments, "limit", "Int", "", "How many at most", false, "", "", ""},
	} {
		t.Run(tc.flag, func(t *testing.T) {
			var a *Arg
			for i := range tc.fn.Args {
				if tc.fn.Args[i].Flag() == tc.flag {
					a = &tc.fn.Args[i]
				}
			}
			if a == nil {
				t.Fatal("no such argument")
			}
			if a.Type.String() != tc.typ || string(a.Default) != tc.def || a.Doc != tc.doc || a.Required() != tc.required || a.DefaultPath != tc.defaultPath {
				t.Errorf("got %+v", *a)
			}
			if n := len(a.Ignore); tc.firstIgnore != "" && (n != 3 || a.Ignore[0] != tc.firstIgnore || a.Ignore[n-1] != tc.last) {
				t.Errorf("ignore is %q", a.Ignore)
			}
		})
	}
}

// writeModule makes a module of one main.go.
func writeModule(t *testing.T, main string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dagger.json": `{"name": "pipeline", "sdk": "go"}`,
		"go.mod":      "module dagger/pipeline\n",
		"main.go":     main,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const head = `package main
import (
	"context"
	"io"
	d "dagger/pipeline/internal/dagger"
)
var _ io.Reader
type Pipeline struct{}
`

func TestLoadShapes(t *testing.T) {
	dir := writeModule(t, head+`
type Mode string
const (
	ModeFast Mode = "fast"
	// thorough
	ModeThorough Mode = "slow"
)
type Name string
// Grouped parameters share a type.
func (p Pipeline) Grouped(ctx context.Context, a, b string, c /* number */ int) {}
func (p *Pipeline) Beside(
	a string, // about a
	b string, // about b
	// about c
	c string,
	d string) error { return nil }
func (p *Pipeline) Modes(mode Mode, modes ...Mode) (Mode, error) { return mode, nil }
func (p *Pipeline) Scalar(platform d.Platform, name Name, dirs []*d.Directory) *d.Container { return nil }
func (p *Pipeline) Unsupported(r io.Reader) error { return nil }
func (p *Pipeline) OddResult() io.Reader { return nil }
func (p *Pipeline) OddOption(
	// +optional
	r io.Reader) error { return nil }
func (p *Pipeline) hidden() {}
func Helper() {}
`)
	m, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Main().Skipped, " "); got != "unsupported odd-result" {
		t.Errorf("skipped %q", got)
	}
	var got []string
	for _, f := range m.Main().Functions {
		line := f.Command()
		for _, a := range f.Args {
			line += " " + a.Flag() + ":" + a.Type.String() + ":" + a.Doc
			if a.Required() {
				line += ":required"
			}
		}
		got = append(got, line+" -> "+f.Returns.String())
	}
	want := []string{
		"grouped a:String::required b:String::required c:Int::required -> Void",
		"beside a:String:about a:required b:String:about b:required c:String:about c:required d:String::required -> Void",
		"modes mode:Mode::required modes:[Mode]: -> Mode",
		"scalar platform:String::required name:String::required dirs:[Directory]::required -> Container",
		"odd-option r:Void: -> Void",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	modes, _ := m.Main().Function("modes")
	values := modes.Args[0].Type.Values
	if len(values) != 2 || values[0] != (Member{"FAST", "fast", ""}) || values[1] != (Member{"THOROUGH", "slow", "thorough"}) {
		t.Errorf("enum is %+v", values)
	}
}

func TestInlineStructIsAListOfArguments(t *testing.T) {
	dir := writeModule(t, head+`
func New(s struct {
	// The project.
	// +ignore=["**/.git", "dist"]
	Source *d.Directory
	// AWS access key.
	// +optional
	AwsAccessKeyId *d.Secret
	Infra string // +default="infra"
	A, B bool // both
	names []string
}) *Pipeline { return nil }

func (p *Pipeline) F(ctx context.Context, s struct{ N int }) error { return nil }
func (p *Pipeline) Plain(s string) error { return nil }
func (p *Pipeline) Beside(a string, s struct{ N int }) error { return nil }
func (p *Pipeline) Pointer(s *struct{ N int }) error { return nil }
func (p *Pipeline) Nested(s struct{ N struct{ M int } }) error { return nil }
`)
	m, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range m.Constructor.Args {
		got = append(got, strings.Join([]string{a.Name, a.Flag(), a.Type.String(), a.Doc, string(a.Default), fmt.Sprint(a.Optional, a.Required(), a.Ignore)}, "|"))
	}
	want := []string{
		"Source|source|Directory|The project.||false true [**/.git dist]",
		"AwsAccessKeyId|aws-access-key-id|Secret|AWS access key.||true false []",
		`Infra|infra|String||"infra"|false false []`,
		"A|a|Boolean|both||false true []",
		"B|b|Boolean|both||false true []",
		"names|names|[String]|||false true []",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f, _ := m.Main().Function("f"); !m.Constructor.Inline || !f.Inline || len(f.Args) != 1 || f.Args[0].Name != "N" {
		t.Errorf("not inline: %+v", f)
	}
	if plain, _ := m.Main().Function("plain"); plain.Inline {
		t.Error("a function with a plain argument is taken for inline")
	}
	if got := strings.Join(m.Main().Skipped, " "); got != "beside pointer nested" {
		t.Errorf("skipped %q", got)
	}
}

func TestObjectsThatFunctionsLeadTo(t *testing.T) {
	dir := writeModule(t, head+`
type Policy struct {
	// +private
	Rules Rules
	// What it is called.
	Name string
}

type Rules struct{ Keep []string }
type Unused struct{}
type Deeper struct{}

// Make a policy.
func (p *Pipeline) Policy(keep []string) (*Policy, error) { return nil, nil }
// Show it.
func (p *Policy) Preview(days int) string { return "" }
func (p *Policy) Deeper() Deeper { return Deeper{} }
func (p *Policy) Back() *Pipeline { return nil }
func (p *Policy) List() []*Policy { return nil }
func (d Deeper) Leaf() int { return 1 }
func (u *Unused) F() {}
`)
	m, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range m.Types {
		for _, f := range d.Functions {
			got = append(got, d.Name+"."+f.Name+" "+f.Returns.String()+fmt.Sprint(" ", f.Returns.Own))
		}
		got = append(got, d.Name+" skips "+strings.Join(d.Skipped, " "))
	}
	want := []string{
		"Pipeline.Policy Policy true", "Pipeline skips ",
		"Policy.Name String false", "Policy.Preview String false", "Policy.Deeper Deeper true", "Policy.Back Pipeline true", "Policy skips list",
		"Deeper.Leaf Int false", "Deeper skips ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

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
