package rootmodule

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each program reads its own files: OpenTofu x.tofu in the place of x.tf,
// Terraform no *.tofu at all.
func TestProgramsReadTheirOwnFiles(t *testing.T) {
	for name, test := range map[string]struct {
		files                   []string
		tofu, terraform, missed string
	}{
		"tf alone":          {[]string{"infra/main.tf", `resource "a" "x" {}`}, "a.x", "a.x", ""},
		"tofu alone":        {[]string{"infra/main.tofu", `resource "a" "x" {}`}, "a.x", "", "infra/main.tofu"},
		"both, by twins":    {[]string{"infra/main.tf", `resource "a" "x" {}`, "infra/main.tofu", `resource "a" "y" {}`}, "a.y", "a.x", ""},
		"both, extra":       {[]string{"infra/main.tf", `resource "a" "x" {}`, "infra/extra.tofu", `resource "a" "y" {}`}, "a.x a.y", "a.x", "infra/extra.tofu"},
		"JSON":              {[]string{"infra/main.tf.json", `{"resource":{"a":{"x":{}}}}`, "infra/main.tofu.json", `{"resource":{"a":{"y":{}}}}`}, "a.y", "a.x", ""},
		"JSON is no twin":   {[]string{"infra/main.tf", `resource "a" "x" {}`, "infra/main.tofu.json", `{"resource":{"a":{"y":{}}}}`}, "a.x a.y", "a.x", "infra/main.tofu.json"},
		"in a called one":   {[]string{"infra/main.tf", `module "m" { source = "../m" }`, "m/main.tf", "", "m/more.tofu", `resource "a" "y" {}`}, "module.m", "module.m", "m/more.tofu"},
		"of another module": {[]string{"infra/main.tf", `resource "a" "x" {}`, "m/more.tofu", `resource "a" "y" {}`}, "a.x", "a.x", ""},
	} {
		for tofu, want := range map[bool]string{true: test.tofu, false: test.terraform} {
			m, err := ReadTerraform(source(test.files...), "infra")
			if tofu {
				m, err = Read(source(test.files...), "infra")
			}
			if got := strings.Join(slices.Sorted(maps.Keys(m.Addresses)), " "); err != nil || got != want {
				t.Errorf("%s, OpenTofu %t: %q, %v, want %q", name, tofu, got, err, want)
			}
			if got := strings.Join(m.Missed, " "); got != test.missed {
				t.Errorf("%s, OpenTofu %t: missed %q, want %q", name, tofu, got, test.missed)
			}
		}
	}
	both := []string{"infra/main.tf", `locals { f = file("../a.txt") }`, "infra/main.tofu", `locals { f = file("../b.txt") }`, "a.txt", "", "b.txt", ""}
	if got := strings.Join(readRoot(t, "infra", both...).Reach.Paths, " "); got != "a.txt b.txt" {
		t.Errorf("reaches %q", got)
	}
}

// A module behind a symbolic link is read, and what the link leads to is reached: the
// link alone would lead nowhere in an image.
func TestModulesBehindLinks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"envs/prod/main.tf": "module \"q\" {\n source = \"./modules/q\"\n}\nmodule \"r\" {\n source = \"../../linked\"\n}\nmodule \"s\" {\n source = \"./s\"\n}\n", "envs/prod/s/main.tf": "",
		"modules/q/main.tf": "locals { n = terraform.workspace }\n", "shared/r/main.tf": "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"envs/prod/modules": "../../modules", "linked": "shared/r"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := Read(os.DirFS(dir), "envs/prod")
	if got, want := strings.Join(m.Reach.Paths, " "), "envs/prod/modules/q linked"; err != nil || got != want || !m.Linked || m.Workspace == "" {
		t.Errorf("reaches %q, linked %t, workspace %q, %v, want %q", got, m.Linked, m.Workspace, err, want)
	}
	if m, err := Read(os.DirFS(dir), "envs/prod/s"); err != nil || m.Linked {
		t.Errorf("without a link: %v, %v", m.Linked, err)
	}
}
