package rootmodule

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// imports is an import block.
func (f *reading) imports(attributes hclsyntax.Attributes) {
	to, id := attributes["to"], attributes["id"]
	if to == nil || !f.isRoot {
		return
	}
	if t, diagnostics := hcl.AbsTraversalForExpr(to.Expr); !diagnostics.HasErrors() {
		f.out.Imports[declared(traversal(t))] = true
		if id != nil && attributes["for_each"] == nil {
			f.adopts(traversal(t), text(id.Expr))
			return
		}
	} else {
		f.out.Imports[""] = true // to one of a for_each
	}
}

// jsonImport is one in JSON.
func (f *reading) jsonImport(block map[string]any) {
	to, ok := block["to"].(string)
	if !ok || !f.isRoot {
		return
	}
	f.out.Imports[reference(to)] = true
	if id, plain := block["id"].(string); plain && block["for_each"] == nil && !strings.Contains(id, "${") {
		f.adopts(strings.Trim(to, "${}"), id)
	}
}

func (f *reading) adopts(address, id string) {
	if id != "" {
		f.out.Adopted[address] = id
	}
}
