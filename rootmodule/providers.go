package rootmodule

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Requirement is a provider that the root module, or a module of the source that
// it calls, needs.
type Requirement struct {
	// Source as it is written: hashicorp/aws, example.com/team/thing.
	Source string
	// Versions are the constraints on it, often none.
	Versions []string
}

// needs are those of one module, by its own names for them.
type needs struct {
	required map[string]Requirement
	used     map[string]bool
}

// use is a resource, or a provider's own block: aws_sqs_queue, aws.
func (n *needs) use(kind string) {
	name, _, _ := strings.Cut(kind, "_")
	if name != "terraform" && name != "" { // that one is built in
		n.used[name] = true
	}
}

// resource is a block that a provider is for, which it may name.
func (n *needs) resource(kind string, body *hclsyntax.Body) {
	if a := body.Attributes["provider"]; a != nil {
		if t, diagnostics := hcl.AbsTraversalForExpr(a.Expr); !diagnostics.HasErrors() {
			kind = t.RootName()
		}
	}
	n.use(kind)
}

// require reads a block of required_providers.
func (n *needs) require(body *hclsyntax.Body) {
	for name, a := range body.Attributes {
		r := Requirement{Source: "hashicorp/" + name}
		if version := text(a.Expr); version != "" {
			r.Versions = []string{version} // the form before Terraform 0.13
		}
		pairs, _ := hcl.ExprMap(a.Expr)
		for _, pair := range pairs {
			value, ok := pair.Value.(hclsyntax.Expression)
			if !ok {
				continue
			}
			switch key := hcl.ExprAsKeyword(pair.Key); {
			case text(value) == "":
			case key == "source":
				r.Source = text(value)
			case key == "version":
				r.Versions = []string{text(value)}
			}
		}
		n.required[name] = r
	}
}

// requireJSON reads the same in JSON.
func (n *needs) requireJSON(block map[string]any) {
	for name, v := range block {
		r := Requirement{Source: "hashicorp/" + name}
		switch v := v.(type) {
		case string:
			r.Versions = []string{v}
		case map[string]any:
			if source, ok := v["source"].(string); ok {
				r.Source = source
			}
			if version, ok := v["version"].(string); ok {
				r.Versions = []string{version}
			}
		}
		n.required[name] = r
	}
}

// add puts a module's needs to those of the others.
func (m *Module) add(n *needs) {
	for name := range n.used {
		if _, ok := n.required[name]; !ok {
			n.required[name] = Requirement{Source: "hashicorp/" + name}
		}
	}
	for _, r := range n.required {
		source := strings.ToLower(r.Source)
		if strings.HasPrefix(source, "terraform.io/builtin/") {
			continue
		}
		i := slices.IndexFunc(m.Providers, func(p Requirement) bool { return p.Source == source })
		if i < 0 {
			m.Providers = append(m.Providers, Requirement{Source: source})
			i = len(m.Providers) - 1
		}
		m.Providers[i].Versions = append(m.Providers[i].Versions, r.Versions...)
		slices.Sort(m.Providers[i].Versions)
		m.Providers[i].Versions = slices.Compact(m.Providers[i].Versions)
	}
	slices.SortFunc(m.Providers, func(a, b Requirement) int { return strings.Compare(a.Source, b.Source) })
}
