package rootmodule

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// json reads a file in JSON syntax: blocks are objects by their labels, or lists
// of such; texts are templates.
func (f *reading) json(data []byte) error {
	var whole any
	if json.Unmarshal(data, &whole) != nil {
		f.broken = true
		return nil // for Terraform to say
	}
	for _, doc := range objects(whole) { // mostly one
		if err := f.document(doc); err != nil {
			return err
		}
	}
	return nil
}

func (f *reading) document(doc map[string]any) error {
	f.texts(doc)
	f.parts.json(doc, f.isRoot)
	f.jsonCommands(doc["resource"])
	f.jsonCommands(doc["data"])
	for _, t := range objects(doc["terraform"]) {
		if required, ok := t["required_version"].(string); ok {
			f.required(required)
		}
		for _, block := range objects(t["required_providers"]) {
			f.needs.requireJSON(block)
		}
		for kind, config := range labelled(t["backend"]) {
			f.jsonBackend(kind, config)
		}
		for _, config := range objects(t["cloud"]) {
			f.jsonBackend("cloud", config)
		}
	}
	for name, v := range labelled(doc["variable"]) {
		if f.isRoot {
			f.jsonVariable(name, v)
		}
	}
	for _, block := range []string{"data", "ephemeral"} {
		for kind := range labelled(doc[block]) {
			f.needs.use(kind)
		}
	}
	for kind, resources := range labelled(doc["resource"]) {
		f.needs.use(kind)
		for name := range labelled(resources) {
			f.address(kind + "." + name)
		}
	}
	for _, providers := range objects(doc["provider"]) {
		for name, config := range providers {
			f.needs.use(name + "_")
			f.unknown(name)
			if name == "aws" && f.isRoot {
				f.jsonProvider(objects(config))
			}
		}
	}
	for _, key := range []string{"moved", "removed"} {
		for _, block := range objects(doc[key]) {
			if from, ok := block["from"].(string); ok {
				f.address(reference(from))
			}
		}
	}
	for _, block := range objects(doc["import"]) {
		f.jsonImport(block)
	}
	modules := labelled(doc["module"])
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		f.address("module." + name)
		source, _ := modules[name]["source"].(string)
		version, _ := modules[name]["version"].(string)
		if err := f.call(source, version); err != nil {
			return err
		}
	}
	return nil
}

// reference is the address that a text refers to, as the root module declares it.
func reference(text string) string {
	t, diagnostics := hclsyntax.ParseTraversalAbs([]byte(strings.Trim(text, "${}")), "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return text
	}
	return declared(traversal(t))
}

// jsonProvider are the configurations of the aws provider.
func (f *reading) jsonProvider(configs []map[string]any) {
	for _, config := range configs {
		dynamic, _ := config["dynamic"].(map[string]any)
		for _, names := range []map[string]any{config, dynamic} {
			for name, value := range names {
				text, _ := value.(string)
				f.out.AssumesRole = f.out.AssumesRole || takesOthers(name, text)
			}
		}
		if region, ok := config["region"].(string); ok && config["alias"] == nil {
			f.out.Region = strings.TrimSuffix(strings.TrimPrefix(region, "${"), "}")
		}
	}
}

func (f *reading) jsonBackend(kind string, config map[string]any) {
	if !f.isRoot {
		return
	}
	b := Backend{Type: kind, Config: map[string]string{}, Where: f.name}
	for name, value := range config {
		b.chooses(name)
		if text, ok := value.(string); ok {
			b.Config[name] = text
		}
		if value == true {
			b.Config[name] = "true"
		}
	}
	f.out.Backend = &b
}

// texts looks at all texts of a document, which are templates.
func (f *reading) texts(value any) {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "${") || strings.Contains(v, "%{") || strings.HasPrefix(v, ".") {
			if e, diagnostics := hclsyntax.ParseTemplate([]byte(v), f.name, hcl.InitialPos); !diagnostics.HasErrors() {
				f.walk(e)
			}
		}
	case []any:
		for _, item := range v {
			f.texts(item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f.texts(v[key])
		}
	}
}

// objects are the blocks of a kind without labels.
func objects(value any) []map[string]any {
	switch v := value.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, item := range v {
			out = append(out, objects(item)...)
		}
		return out
	}
	return nil
}

// labelled are the blocks of a kind by their label.
func labelled(value any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, object := range objects(value) {
		for label, inner := range object {
			blocks := objects(inner)
			if len(blocks) == 0 {
				blocks = []map[string]any{{}}
			}
			for _, block := range blocks {
				if out[label] == nil {
					out[label] = map[string]any{}
				}
				maps.Copy(out[label], block)
			}
		}
	}
	return out
}
