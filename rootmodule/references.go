package rootmodule

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// choosing begins a reference that only chooses between values, as that in a condition
// does: two environments may get the same one.
const choosing = "?"

// references are what an expression refers to, each by its first two names, a data
// source by three. Those that only choose come last.
func references(e hclsyntax.Expression) []string {
	made, chosen := referred(e)
	for _, name := range chosen {
		if !slices.Contains(made, name) {
			made = append(made, choosing+name)
		}
	}
	return made
}

// referred are what a value is made of, and what chooses it: a condition, and the key of
// a look-up that has an answer for all other keys.
func referred(e hclsyntax.Expression) (made, chosen []string) {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return referred(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return referred(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return ofAll(e.Parts)
	case *hclsyntax.TupleConsExpr:
		return ofAll(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		var parts []hclsyntax.Expression
		for _, item := range e.Items {
			parts = append(parts, item.KeyExpr, item.ValueExpr)
		}
		return ofAll(parts)
	case *hclsyntax.ConditionalExpr:
		made, chosen = ofAll([]hclsyntax.Expression{e.TrueResult, e.FalseResult})
		return made, append(chosen, byName(e.Condition.Variables())...)
	case *hclsyntax.FunctionCallExpr:
		last := len(e.Args) - 1
		switch {
		case e.Name == "lookup" && last == 2:
			made, chosen = ofAll([]hclsyntax.Expression{e.Args[0], e.Args[2]})
			return made, append(chosen, byName(e.Args[1].Variables())...)
		case e.Name == "try" && last > 0:
			return tried(e.Args[:last], e.Args[last])
		}
		return ofAll(e.Args)
	}
	return byName(e.Variables()), nil
}

func ofAll(parts []hclsyntax.Expression) (made, chosen []string) {
	for _, part := range parts {
		m, c := referred(part)
		made, chosen = append(made, m...), append(chosen, c...)
	}
	return made, chosen
}

// tried are those of alternatives, of which the last one is taken where a key of the
// others is not there.
func tried(first []hclsyntax.Expression, last hclsyntax.Expression) (made, chosen []string) {
	for _, e := range first {
		_ = hclsyntax.VisitAll(e, func(node hclsyntax.Node) hcl.Diagnostics {
			if index, ok := node.(*hclsyntax.IndexExpr); ok {
				chosen = append(chosen, byName(index.Key.Variables())...)
			}
			return nil
		})
	}
	made, more := ofAll(first)
	made = slices.DeleteFunc(made, func(name string) bool { return slices.Contains(chosen, name) })
	finally, others := referred(last)
	return append(made, finally...), slices.Concat(chosen, more, others)
}

// byName are references by their names.
func byName(references []hcl.Traversal) (out []string) {
	for _, t := range references {
		name := traversal(t)
		if found, ok := strings.CutPrefix(name, "data."); ok {
			out = append(out, "data."+declared(found))
			continue
		}
		out = append(out, declared(name))
	}
	return out
}

// inTexts are the references of all texts of a value in JSON.
func inTexts(value any) (out []string) {
	switch v := value.(type) {
	case string:
		if e, diagnostics := hclsyntax.ParseTemplate([]byte(v), "text", hcl.InitialPos); !diagnostics.HasErrors() {
			out = references(e)
		}
	case []any:
		for _, item := range v {
			out = append(out, inTexts(item)...)
		}
	case map[string]any:
		for _, item := range v {
			out = append(out, inTexts(item)...)
		}
	}
	return out
}
