package project

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the schema anew")

const schemaFile = "../docs/pipeline.schema.json"

// The schema for editors says what the reader accepts.
func TestSchema(t *testing.T) {
	b, err := json.MarshalIndent(object{
		"$schema": "http://json-schema.org/draft-07/schema#",
		"title":   "pyproject.toml with a table [tool.pipeline]",
		"type":    "object",
		"properties": object{"tool": object{
			"type":       "object",
			"properties": object{"pipeline": schema(reflect.TypeFor[Settings](), "")},
		}},
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := string(b) + "\n"
	if *update {
		if err := os.WriteFile(schemaFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not that of the settings: go test ./project -update writes it anew", schemaFile)
	}
}

// docs/projects.md has a line on every setting.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile("../docs/projects.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]reflect.Type{"": reflect.TypeFor[Settings](), "test.": reflect.TypeFor[Test](), "test.services.NAME.": reflect.TypeFor[Service](),
		"package.": reflect.TypeFor[Package](), "package.lambda.": reflect.TypeFor[Lambda](), "package.image.": reflect.TypeFor[Image](),
		"terraform.": reflect.TypeFor[Terraform]()}
	for table, kind := range tables {
		for f := range fields(kind) {
			if !isTable(kind.Field(f.index).Type) && !strings.Contains(string(b), "| `"+table+f.key+"` |") {
				t.Errorf("docs/projects.md has no line on %s%s", table, f.key)
			}
		}
	}
}

// isTable tells whether a setting's own settings are listed in its place.
func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer || t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct
}

type object = map[string]any

func schema(t reflect.Type, form string) object {
	if t == reflect.TypeFor[Rules]() {
		list := schema(reflect.TypeFor[[]string](), "path")
		return object{"anyOf": []object{list, {"type": "object", "additionalProperties": list}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schema(t.Elem(), form)
	case reflect.String:
		f := formOf(form)
		if f.values != nil {
			return object{"type": "string", "enum": f.values}
		}
		return object{"type": "string", "pattern": f.pattern}
	case reflect.Int:
		return object{"type": "integer", "minimum": 1, "maximum": 65535}
	case reflect.Slice:
		return object{"type": "array", "items": schema(t.Elem(), form)}
	case reflect.Map:
		if t.Elem().Kind() == reflect.String {
			return object{"type": "object", "additionalProperties": object{"type": "string"}}
		}
		return object{"type": "object", "additionalProperties": schema(t.Elem(), "")}
	}
	properties, must := object{}, []string{}
	for f := range fields(t) {
		s := schema(t.Field(f.index).Type, f.form)
		s["description"] = f.doc
		properties[f.key] = s
		if f.must {
			must = append(must, f.key)
		}
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(must) > 0 {
		out["required"] = must
	}
	return out
}
