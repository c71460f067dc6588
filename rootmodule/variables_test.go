package rootmodule

import "testing"

// A file that overrides a variable says a part of it, as in Terraform.
func TestOverriddenVariables(t *testing.T) {
	for name, files := range map[string][]string{
		"native":      {"infra/dev_override.tf", `variable "region" { description = "where" }`},
		"JSON":        {"infra/override.tf.json", `{"variable": {"region": {"description": "where"}}}`},
		"its type":    {"infra/a_override.tf", `variable "region" { type = string }`},
		"of OpenTofu": {"infra/b_override.tofu", `variable "region" { nullable = false }`},
	} {
		m := readRoot(t, "infra", append(files, "infra/variables.tf", `variable "region" { default = "us-east-1" }`)...)
		if got, want := m.Variables["region"], (Variable{Default: "us-east-1", Optional: true}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	m := readRoot(t, "infra", "infra/a_override.tf", `variable "region" { default = "eu-west-1" }`, "infra/z.tf", `variable "region" {
  type    = string
  default = "us-east-1"
}`)
	if got := m.Variables["region"].Default; got != "eu-west-1" {
		t.Errorf("overridden by %q", got)
	}
}

// Only what a text can be the value of has none of a type.
func TestVariablesOfOtherTypes(t *testing.T) {
	m := readRoot(t, "infra", "infra/a.tf", `
variable "a" {}
variable "b" { type = string }
variable "c" { type = any }
variable "d" { type = "string" }
variable "e" { type = map(string) }
variable "f" { type = "map" }
variable "g" {
  type = object({
    name = string
  })
}
variable "h" { type = number }
`, "infra/b.tf.json", `{"variable": {"i": {"type": "list(string)"}, "j": {"type": "string"}}}`)
	for name, want := range map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "map(string)", "f": "map", "g": "object({ name = string })", "h": "number", "i": "list(string)", "j": ""} {
		if got := m.Variables[name].Type; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
