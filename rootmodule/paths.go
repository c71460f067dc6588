package rootmodule

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// walk looks at all expressions of a file for workspaces and for paths.
func (f *reading) walk(node hclsyntax.Node) {
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.ScopeTraversalExpr:
			if traversal(e.Traversal) == WorkspaceName && f.out.Workspace == "" {
				f.out.Workspace = f.at(e.SrcRange.Start.Line)
			}
		case *hclsyntax.FunctionCallExpr:
			f.fileset(e)
			// Whatever is made of a path's parent, it leads out of the module.
			if slices.ContainsFunc(e.Args, isPath) && (e.Name == "dirname" || leadsUp(e.Args...)) {
				f.out.Reach.All = true
			}
		case *hclsyntax.TemplateExpr:
			if len(e.Parts) > 0 && computesPath(e.Parts[0]) && leadsUp(e.Parts[1:]...) {
				f.out.Reach.All = true
			}
			f.path(f.known(e.Parts))
		}
		return nil
	})
}

// known is the start of a template up to the first part that only Terraform can
// tell, and whether that is all of it.
func (f *reading) known(parts []hclsyntax.Expression) (start string, all bool) {
	var b strings.Builder
	for _, part := range parts {
		switch e := part.(type) {
		case *hclsyntax.LiteralValueExpr:
			if e.Val.IsNull() || e.Val.Type() != cty.String {
				return b.String(), false
			}
			b.WriteString(e.Val.AsString())
		case *hclsyntax.ScopeTraversalExpr:
			switch traversal(e.Traversal) {
			case "path.module":
				b.WriteString("./" + relative(f.root, f.dir))
			case "path.root", "path.cwd":
				b.WriteString(".")
			default:
				return b.String(), false
			}
		default:
			return b.String(), false
		}
	}
	return b.String(), true
}

// path is a text that may be a path: from the root module's directory, in which
// Terraform runs.
func (f *reading) path(start string, all bool) {
	if !strings.HasPrefix(start, "./") && !strings.HasPrefix(start, "../") && start != ".." {
		return
	}
	if !all {
		start = start[:strings.LastIndex(start, "/")+1]
	}
	f.reach(path.Join(f.root, start))
}

func isPath(e hclsyntax.Expression) bool {
	t, ok := e.(*hclsyntax.ScopeTraversalExpr)
	return ok && t.Traversal.RootName() == "path"
}

// computesPath reports whether an expression is a call that makes something of a path, such as abspath(path.module).
func computesPath(e hclsyntax.Expression) bool {
	call, ok := e.(*hclsyntax.FunctionCallExpr)
	return ok && slices.ContainsFunc(call.Args, isPath)
}

// leadsUp reports whether a text among expressions has "..": what a path is put together with leads out of it.
func leadsUp(parts ...hclsyntax.Expression) bool {
	return slices.ContainsFunc(parts, func(e hclsyntax.Expression) bool { return strings.Contains(text(e), "..") })
}

// relative is the path from one directory of the source to another.
func relative(from, to string) string {
	if from == "." {
		return to
	}
	return strings.Repeat("../", strings.Count(from, "/")+1) + to
}
