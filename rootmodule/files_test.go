package rootmodule

import (
	"maps"
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
