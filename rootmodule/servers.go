package rootmodule

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// locates are the arguments of a provider that say which server it works on.
var locates = regexp.MustCompile(`(^|_)(hosts?|hostname|endpoints?|address(es)?|addr|url|uri|servers?|context)$`)

// servers finds out what the providers' servers are made of, in the root module.
type servers struct {
	// refs are the references of locals, data sources and calls of modules.
	refs map[string][]string
	// configured are those of each configuration of a provider.
	configured map[string][][]string
}

func (s *servers) block(block *hclsyntax.Block, isRoot bool) {
	switch {
	case block.Type == "provider" && len(block.Labels) == 1 && !isRoot:
		s.unknown(block.Labels[0])
	case block.Type == "provider" && len(block.Labels) == 1:
		s.configured[block.Labels[0]] = append(s.configured[block.Labels[0]], located(block.Body))
	case !isRoot:
	case block.Type == "locals":
		for name, a := range block.Body.Attributes {
			s.refs["local."+name] = whole(a.Expr)
		}
	case block.Type == "data", block.Type == "module":
		name := strings.Join(append([]string{block.Type}, block.Labels...), ".")
		s.refs[name] = []string{} // no managed resource
		for argument, a := range block.Body.Attributes {
			if argument != "tags" && argument != "depends_on" {
				s.refs[name] = append(s.refs[name], whole(a.Expr)...)
			}
		}
	}
}

// unknown is a configuration that is not read.
func (s *servers) unknown(provider string) {
	s.configured[provider] = append(s.configured[provider], nil)
}

// reached are, for each configuration of a provider, all that its server is made of:
// resources, variables and terraform.workspace.
func (s *servers) reached() map[string][][]string {
	out := map[string][][]string{}
	for provider, configurations := range s.configured {
		for _, refs := range configurations {
			var ends []string
			for seen := map[string]bool{}; len(refs) > 0; {
				ref := refs[0]
				if refs = refs[1:]; seen[ref] {
					continue
				}
				seen[ref] = true
				if more, inner := s.refs[ref]; inner {
					refs = append(refs, more...)
				} else {
					ends = append(ends, ref)
				}
			}
			out[provider] = append(out[provider], ends)
		}
	}
	return out
}

// located are the references of the arguments that say which server it is, in blocks and
// objects, too.
func located(body *hclsyntax.Body) (out []string) {
	for name, a := range body.Attributes {
		out = append(out, locatedBy(name, a.Expr)...)
	}
	for _, inner := range body.Blocks {
		out = append(out, located(inner.Body)...)
	}
	return out
}

func locatedBy(name string, e hclsyntax.Expression) (out []string) {
	if locates.MatchString(name) && !strings.Contains(name, "proxy") {
		return whole(e)
	}
	if object, ok := e.(*hclsyntax.ObjectConsExpr); ok {
		for _, item := range object.Items {
			out = append(out, locatedBy(hcl.ExprAsKeyword(item.KeyExpr), item.ValueExpr)...)
		}
	}
	return out
}

// whole are the references of an expression, each as it is declared: aws_db_instance.it,
// data.aws_eks_cluster.it. One that chooses between servers has none: it may give two
// environments the same one.
func whole(e hclsyntax.Expression) []string {
	if chooses(e) {
		return nil
	}
	made, _ := referred(e)
	return made
}

// chooses tells whether a part of an expression is one of several values, of which more than
// one is something.
func chooses(e hclsyntax.Expression) (found bool) {
	_ = hclsyntax.VisitAll(e, func(node hclsyntax.Node) hcl.Diagnostics {
		switch part := node.(type) {
		case *hclsyntax.ConditionalExpr:
			found = found || !nothing(part.TrueResult) && !nothing(part.FalseResult)
		case *hclsyntax.IndexExpr: // by a literal it is a part of the reference
			found = found || len(part.Key.Variables()) > 0
		case *hclsyntax.FunctionCallExpr:
			switch last := len(part.Args) - 1; part.Name {
			case "lookup":
				found = true
			case "try", "coalesce":
				found = found || last > 1 || last == 1 && !nothing(part.Args[last])
			case "element":
				found = found || last == 1 && len(part.Args[last].Variables()) > 0
			}
		}
		return nil
	})
	return found
}

// nothing tells whether an expression is an empty text, or null.
func nothing(e hclsyntax.Expression) bool {
	value, diagnostics := e.Value(nil)
	return !diagnostics.HasErrors() && (value.IsNull() || value.RawEquals(cty.StringVal("")))
}
