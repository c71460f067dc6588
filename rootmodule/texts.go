package rootmodule

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Texts are the texts and numbers in the values of a .tfvars file, also those
// inside of lists and maps.
func Texts(data string) []string {
	out := slices.Concat(slices.Collect(maps.Values(TextsBy(data)))...)
	slices.Sort(out)
	return slices.Compact(out)
}

// TextsBy are those of each variable.
func TextsBy(data string) map[string][]string {
	out := map[string][]string{}
	file, _ := hclsyntax.ParseConfig([]byte(data), "variables", hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	for name, a := range body.Attributes {
		value, diagnostics := a.Expr.Value(nil)
		if diagnostics.HasErrors() {
			continue // terraform refuses it, too
		}
		_ = cty.Walk(value, func(_ cty.Path, v cty.Value) (bool, error) {
			if v.IsKnown() && !v.IsNull() && (v.Type() == cty.String || v.Type() == cty.Number) {
				if text, err := convert.Convert(v, cty.String); err == nil {
					out[name] = append(out[name], text.AsString())
				}
			}
			return true, nil
		})
	}
	return out
}
