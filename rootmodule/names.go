package rootmodule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// naming are the arguments that name what is made.
var naming = regexp.MustCompile(`(?i)(^|_)(name|prefix|suffix|bucket|identifier|repository|domain|family|alias(es)?|stage|namespace|group_id|cluster_id|title|labels?)$`)

// randomName is what may name something; random_password and random_bytes do not.
var randomName = regexp.MustCompile(`^random_(id|pet|string|uuid|integer)\w*\.`)

// givenAgain are resources that AWS gives, or overwrites, where there is one of the name.
// Of a bucket it does so in us-east-1.
var givenAgain = regexp.MustCompile(`^aws_(sqs_queue|sns_topic|cloudwatch_(event_rule|metric_alarm|composite_alarm|dashboard|metric_stream)|ecs_cluster|sfn_(state_machine|activity)|ses_(domain|email)_identity|s3_bucket)$`)

// named are the arguments that such a resource has its name in; with any of the others
// it may be there in one environment alone, or in another account.
var (
	named     = []string{"name", "alarm_name", "dashboard_name", "bucket", "domain", "email"}
	elsewhere = []string{"count", "for_each", "provider", "region", "event_bus_name"}
)

// parts are what a module's names are made of, by reference: var.env,
// random_pet.it. Locals are followed. An argument of a module may name anything in
// it, and an output of one anything outside.
type parts struct {
	locals map[string][]string
	refs   []string
	// named tells that something is given a name, whatever that is made of.
	named bool
	// fixed are the resources that AWS gives again and whose name is a plain text.
	fixed []Fixed
	// regional are what has a region of its own.
	regional []string
}

// block looks for names in a block of the configuration, and for regions.
func (p *parts) block(block *hclsyntax.Block, isRoot bool) {
	if block.Body.Attributes["region"] != nil {
		p.regional = append(p.regional, strings.TrimPrefix(block.Type+"."+strings.Join(block.Labels, "."), "resource."))
	}
	switch block.Type {
	case "resource":
		var each []string
		if a := block.Body.Attributes["for_each"]; a != nil {
			each = references(a.Expr)
		}
		p.locals["each.key"], p.locals["each.value"] = append(p.locals["each.key"], each...), append(p.locals["each.value"], each...)
		p.resource(block.Body)
		has := func(name string) bool { return block.Body.Attributes[name] != nil }
		for _, name := range named {
			if a := block.Body.Attributes[name]; a != nil && len(a.Expr.Variables()) == 0 && givenAgain.MatchString(block.Labels[0]) && !slices.ContainsFunc(elsewhere, has) {
				p.fixed = append(p.fixed, Fixed{strings.Join(block.Labels, "."), text(a.Expr)})
			}
		}
	case "locals":
		for name, a := range block.Body.Attributes {
			p.locals["local."+name] = references(a.Expr)
		}
	case "data": // what is looked up by an environment has another name in each
		p.found(strings.Join(append([]string{"data"}, block.Labels...), "."), block.Body)
	case "output":
		if a := block.Body.Attributes["value"]; a != nil && !isRoot {
			p.passed(strings.Join(block.Labels, ""), references(a.Expr))
		}
	case "module":
		for name, a := range block.Body.Attributes {
			p.passed(name, references(a.Expr))
		}
	}
}

// found are all arguments of a data source.
func (p *parts) found(address string, body *hclsyntax.Body) {
	for _, a := range body.Attributes {
		p.locals[address] = append(p.locals[address], references(a.Expr)...)
	}
	for _, inner := range body.Blocks {
		p.found(address, inner.Body)
	}
}

// resource looks at the arguments of a resource that name it, the tag Name too.
func (p *parts) resource(body *hclsyntax.Body) {
	for name, a := range body.Attributes {
		if naming.MatchString(name) {
			p.named = true
			p.refs = append(p.refs, references(a.Expr)...)
			continue
		}
		_ = hclsyntax.VisitAll(a.Expr, func(node hclsyntax.Node) hcl.Diagnostics {
			object, _ := node.(*hclsyntax.ObjectConsExpr)
			for i := 0; object != nil && i < len(object.Items); i++ {
				if key, _ := object.Items[i].KeyExpr.Value(nil); key.RawEquals(cty.StringVal("Name")) {
					p.refs = append(p.refs, references(object.Items[i].ValueExpr)...)
				}
			}
			return nil
		})
	}
	for _, inner := range body.Blocks {
		p.resource(inner.Body)
	}
}

// passed is what goes into a module, or comes out of one.
func (p *parts) passed(name string, refs []string) {
	for _, ref := range refs {
		p.named = p.named || naming.MatchString(name)
		if naming.MatchString(name) || !strings.HasPrefix(ref, "random_string.") { // which often is a password
			p.refs = append(p.refs, ref)
		}
	}
}

// json looks for names in a document.
func (p *parts) json(doc map[string]any, isRoot bool) {
	for kind, resources := range labelled(doc["resource"]) {
		for name, body := range labelled(resources) {
			if body["region"] != nil {
				p.regional = append(p.regional, kind+"."+name)
			}
			p.object(body)
			has := func(name string) bool { return body[name] != nil }
			for _, argument := range named {
				if text, ok := body[argument].(string); ok && !strings.Contains(text, "${") && givenAgain.MatchString(kind) && !slices.ContainsFunc(elsewhere, has) {
					p.fixed = append(p.fixed, Fixed{kind + "." + name, text})
				}
			}
		}
	}
	for _, block := range objects(doc["locals"]) {
		for name, value := range block {
			p.locals["local."+name] = inTexts(value)
		}
	}
	for kind, sources := range labelled(doc["data"]) {
		for name, body := range labelled(sources) {
			p.locals["data."+kind+"."+name] = inTexts(body)
		}
	}
	for name, output := range labelled(doc["output"]) {
		if !isRoot {
			p.passed(name, inTexts(output["value"]))
		}
	}
	for called, module := range labelled(doc["module"]) {
		if module["region"] != nil {
			p.regional = append(p.regional, "module."+called)
		}
		for name, value := range module {
			p.passed(name, inTexts(value))
		}
	}
}

func (p *parts) object(body map[string]any) {
	for name, value := range body {
		if naming.MatchString(name) {
			p.named = true
			p.refs = append(p.refs, inTexts(value)...)
			continue
		}
		for _, inner := range objects(value) {
			p.object(inner)
		}
	}
}

// name puts a module's names to those of the root module.
func (m *Module) name(p *parts, isRoot bool) {
	for _, address := range p.regional {
		m.Regional[address] = true
	}
	m.Fixed = append(m.Fixed, p.fixed...)
	m.Names = m.Names || p.named
	seen := map[string]bool{}
	for len(p.refs) > 0 {
		ref := p.refs[0]
		p.refs = p.refs[1:]
		if seen[ref] {
			continue
		}
		seen[ref] = true
		ref, chooses := strings.CutPrefix(ref, choosing)
		by := m.NamedBy
		if chooses {
			by = m.ChosenBy
		}
		for _, inner := range p.locals[ref] {
			if chooses {
				inner = choosing + strings.TrimPrefix(inner, choosing)
			}
			p.refs = append(p.refs, inner)
		}
		m.RandomNames = m.RandomNames || !chooses && randomName.MatchString(ref)
		if variable, ok := strings.CutPrefix(ref, "var."); ok && isRoot || ref == WorkspaceName {
			by[variable] = true
		}
	}
}

// WorkspaceName is how a configuration refers to the name of its workspace.
const WorkspaceName = "terraform.workspace"
