package rootmodule

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// values reads the files of variables that Terraform reads by itself, in its
// order: a later one wins.
func (r *reader) values() error {
	entries, err := fs.ReadDir(r.source, r.root)
	if err != nil {
		return err
	}
	files := []string{"terraform.tfvars", "terraform.tfvars.json"}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".auto.tfvars") || strings.HasSuffix(e.Name(), ".auto.tfvars.json") {
			files = append(files, e.Name())
		}
	}
	for _, name := range files {
		data, err := fs.ReadFile(r.source, path.Join(r.root, name))
		if err != nil {
			continue // the first two need not be there
		}
		r.out.text += string(data)
		r.out.texts += string(data)
		for variable, text := range Values(name, data) {
			r.out.Values[variable] = Value{text, name}
		}
	}
	return nil
}

// Values are the variables that a .tfvars file sets, with their values where
// these are plain texts.
func Values(name string, data []byte) map[string]string {
	out := map[string]string{}
	if strings.HasSuffix(name, ".json") {
		var doc map[string]any
		_ = json.Unmarshal(data, &doc) // what is wrong is for Terraform to say
		for variable, value := range doc {
			out[variable], _ = value.(string)
		}
		return out
	}
	file, _ := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		for variable, a := range body.Attributes {
			out[variable] = text(a.Expr)
		}
	}
	return out
}
