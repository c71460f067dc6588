package rootmodule

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Unfound is a directory that fileset reads and the source does not have. Terraform takes it
// for one without files.
type Unfound struct{ Dir, Where string }

// sets are the calls of fileset in one module, and the locals that these may name.
type sets struct {
	calls  []setCall
	locals map[string]hclsyntax.Expression
}

type setCall struct {
	in           *reading
	dir, pattern hclsyntax.Expression
	where        string
}

// fileset notes a call.
func (f *reading) fileset(e *hclsyntax.FunctionCallExpr) {
	if e.Name == "fileset" && len(e.Args) == 2 {
		f.sets.calls = append(f.sets.calls, setCall{f, e.Args[0], e.Args[1], f.at(e.Range().Start.Line)})
	}
}

// local notes the locals of a block.
func (s *sets) local(block *hclsyntax.Block) {
	if block.Type == "locals" {
		for name, a := range block.Body.Attributes {
			s.locals["local."+name] = a.Expr
		}
	}
}

// beforePattern is what of a pattern is a directory's path.
var beforePattern = regexp.MustCompile(`^(?:[^*?\[{\\/]*/)*`)

// unfound are the directories of the module's calls that are not there, as far as they are known.
func (s *sets) unfound() (out []Unfound) {
	for _, c := range s.calls {
		dir := c.dir
		if t, ok := dir.(*hclsyntax.ScopeTraversalExpr); ok && s.locals[traversal(t.Traversal)] != nil {
			dir = s.locals[traversal(t.Traversal)]
		}
		start, all := c.in.plainPath(dir)
		if !all || start == "" || path.IsAbs(start) {
			continue
		}
		at := path.Join(c.in.root, start, beforePattern.FindString(text(c.pattern)))
		if at == ".." || strings.HasPrefix(at, "../") {
			continue
		}
		if _, err := fs.Stat(c.in.source, at); err != nil && !slices.Contains(out, Unfound{at, c.where}) {
			out = append(out, Unfound{at, c.where})
		}
	}
	return out
}

// plainPath is a path by its expression, and whether all of it is known.
func (f *reading) plainPath(e hclsyntax.Expression) (start string, all bool) {
	switch e := e.(type) {
	case *hclsyntax.TemplateWrapExpr:
		return f.plainPath(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return f.known(e.Parts)
	}
	return f.known([]hclsyntax.Expression{e})
}
