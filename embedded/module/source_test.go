package module

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fixture = "testdata/fixture"

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
