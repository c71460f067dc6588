package rootmodule

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// native reads a file in HCL's own syntax. What is wrong in it is for Terraform
// to say, which runs nothing then.
func (f *reading) native(data []byte) error {
	file, diagnostics := hclsyntax.ParseConfig(data, f.name, hcl.InitialPos)
	f.broken = f.broken || diagnostics.HasErrors()
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	f.walk(body)
	f.data = data
	for _, block := range body.Blocks {
		if err := f.block(block); err != nil {
			return err
		}
	}
	return nil
}

func (f *reading) block(block *hclsyntax.Block) error {
	attributes := block.Body.Attributes
	f.parts.block(block, f.isRoot)
	f.servers.block(block, f.isRoot)
	f.command(block)
	f.sets.local(block)
	switch block.Type {
	case "terraform":
		if a := attributes["required_version"]; a != nil {
			f.required(text(a.Expr))
		}
		for _, inner := range block.Body.Blocks {
			switch {
			case inner.Type == "required_providers":
				f.needs.require(inner.Body)
			case inner.Type == "backend" && len(inner.Labels) == 1:
				f.backend(inner.Labels[0], inner)
			case inner.Type == "cloud":
				f.backend("cloud", inner)
			}
		}
	case "variable":
		if f.isRoot && len(block.Labels) == 1 {
			f.variable(block.Labels[0], attributes)
		}
	case "data", "ephemeral", "resource":
		if len(block.Labels) > 0 {
			f.needs.resource(block.Labels[0], block.Body)
		}
		if block.Type == "resource" {
			f.address(strings.Join(block.Labels, "."))
		}
	case "check":
		for _, inner := range block.Body.Blocks {
			if inner.Type == "data" && len(inner.Labels) > 0 {
				f.needs.resource(inner.Labels[0], inner.Body)
			}
		}
	case "module":
		f.address("module." + strings.Join(block.Labels, "."))
		if a := attributes["source"]; a != nil {
			version := ""
			if v := attributes["version"]; v != nil {
				version = text(v.Expr)
			}
			return f.call(text(a.Expr), version)
		}
	case "provider":
		if len(block.Labels) == 1 {
			f.needs.use(block.Labels[0] + "_")
		}
		if f.isRoot && len(block.Labels) == 1 && block.Labels[0] == "aws" {
			f.provider(block.Body)
		}
	case "import":
		f.imports(attributes)
	case "moved", "removed":
		if a := attributes["from"]; a != nil {
			if t, diagnostics := hcl.AbsTraversalForExpr(a.Expr); !diagnostics.HasErrors() {
				f.address(declared(traversal(t)))
			}
		}
	}
	return nil
}

func (f *reading) backend(kind string, block *hclsyntax.Block) {
	if !f.isRoot {
		return // terraform takes the root module's only
	}
	b := Backend{Type: kind, Config: map[string]string{}, Where: f.at(block.DefRange().Start.Line), Text: string(block.Range().SliceBytes(f.data))}
	for name, a := range block.Body.Attributes {
		b.chooses(name)
		switch value, diagnostics := a.Expr.Value(nil); {
		case diagnostics.HasErrors(), !value.IsKnown(): // of a file that is not right it may not be known
			b.Config[name] = "${" + string(a.Expr.Range().SliceBytes(f.data)) + "}"
		case value.Type() == cty.String && !value.IsNull():
			b.Config[name] = value.AsString()
		case value.RawEquals(cty.True):
			b.Config[name] = "true"
		}
	}
	for _, inner := range block.Body.Blocks {
		b.chooses(inner.Type)
	}
	f.out.Backend = &b
}

// provider is a configuration of the aws provider.
func (f *reading) provider(body *hclsyntax.Body) {
	for _, inner := range body.Blocks {
		kind := inner.Type
		if kind == "dynamic" && len(inner.Labels) == 1 {
			kind = inner.Labels[0]
		}
		f.out.AssumesRole = f.out.AssumesRole || choosesCredentials(kind)
	}
	for name, a := range body.Attributes {
		switch {
		case choosesCredentials(name):
			f.out.AssumesRole = f.out.AssumesRole || takesOthers(name, text(a.Expr))
		case name == "region" && body.Attributes["alias"] == nil:
			if t, diagnostics := hcl.AbsTraversalForExpr(a.Expr); !diagnostics.HasErrors() {
				f.out.Region = traversal(t)
			}
		}
	}
}

// usualProfile is the profile of whoever names none.
const usualProfile = "default"

// takesOthers tells whether an argument of the aws provider, which has this value, takes
// others than those that the run has.
func takesOthers(name, value string) bool {
	return choosesCredentials(name) && (name != "profile" || value != usualProfile)
}

// choosesCredentials tells whether an argument or a block of the aws provider takes
// others than those that the run has.
func choosesCredentials(name string) bool {
	return name == "profile" || name == "access_key" || strings.HasPrefix(name, "shared_") || strings.HasPrefix(name, "assume_role")
}

func (f *reading) required(constraint string) {
	if constraint != "" {
		f.out.Required = append(f.out.Required, constraint)
	}
}

func (f *reading) address(a string) {
	if f.isRoot {
		f.out.Addresses[a] = true
	}
}

// declared is the address under which the root module declares one: that of the
// first module, or the resource's.
func declared(address string) string {
	names := strings.SplitN(address, ".", 3)
	return strings.Join(names[:min(2, len(names))], ".")
}

// text is an expression's value where it is a plain text.
func text(e hclsyntax.Expression) string {
	value, diagnostics := e.Value(nil)
	if diagnostics.HasErrors() || !value.IsKnown() || value.IsNull() || value.Type() != cty.String {
		return ""
	}
	return value.AsString()
}

// traversal is the names of a reference, without its indices.
func traversal(t hcl.Traversal) string {
	var names []string
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, s.Name)
		case hcl.TraverseAttr:
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, ".")
}
