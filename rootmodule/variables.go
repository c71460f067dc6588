package rootmodule

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Variable is a declared variable.
type Variable struct {
	// Default is the variable's own value where it is a plain text. Optional tells
	// whether it has one of any kind.
	Default  string
	Optional bool
	// Ephemeral is one that no plan holds: it is given to apply once more.
	Ephemeral bool
	// Type is the declared type where no text can be its value, such as map(string).
	Type string
}

// variable reads a block of one. A file that overrides others says some of it: what it
// leaves out stays.
func (f *reading) variable(name string, attributes hclsyntax.Attributes) {
	v := f.out.Variables[name]
	if a := attributes["default"]; a != nil {
		v.Default, v.Optional = text(a.Expr), true
	}
	if a := attributes["ephemeral"]; a != nil {
		value, _ := a.Expr.Value(nil)
		v.Ephemeral = value == cty.True
	}
	if a := attributes["type"]; a != nil {
		written := text(a.Expr) // as before Terraform 0.12
		if written == "" {
			written = string(a.Expr.Range().SliceBytes(f.data))
		}
		v.Type = noText(written)
	}
	f.out.Variables[name] = v
}

func (f *reading) jsonVariable(name string, said map[string]any) {
	v := f.out.Variables[name]
	if value, ok := said["default"]; ok {
		v.Default, _ = value.(string)
		v.Optional = true
	}
	if value, ok := said["ephemeral"]; ok {
		v.Ephemeral = value == true
	}
	if written, ok := said["type"].(string); ok {
		v.Type = noText(written)
	}
	f.out.Variables[name] = v
}

// noText is a type as it is written, "" for one that a text is of.
func noText(written string) string {
	written = strings.Join(strings.Fields(written), " ")
	if slices.Contains([]string{"", "string", "any"}, written) {
		return ""
	}
	return written
}
