// Package component reads CI/CD components of GitLab as GitLab does: inputs, extends and !reference.
package component

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Input is one input of a component.
type Input struct {
	Description string `yaml:"description"`
	Type        string `yaml:"type"`
	Default     any    `yaml:"default"`
	Options     []any  `yaml:"options"`
	// Required is set when there is no default.
	Required bool `yaml:"-"`
}

// Component is a template with its inputs, before they have values.
type Component struct {
	Inputs map[string]Input
	body   *yaml.Node
}

// Load reads a template of two documents: the inputs and the configuration.
func Load(path string) (*Component, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var header struct {
		Spec struct {
			Inputs map[string]yaml.Node `yaml:"inputs"`
		} `yaml:"spec"`
	}
	if err := decoder.Decode(&header); err != nil {
		return nil, fmt.Errorf("reading the inputs of %q: %w", path, err)
	}
	c := &Component{Inputs: map[string]Input{}, body: &yaml.Node{}}
	for name, node := range header.Spec.Inputs {
		var in Input
		if err := node.Decode(&in); err != nil {
			return nil, fmt.Errorf("reading input %q: %w", name, err)
		}
		in.Required = in.Default == nil
		if in.Type == "" {
			in.Type = "string"
		}
		c.Inputs[name] = in
	}
	if err := decoder.Decode(c.body); err != nil {
		return nil, fmt.Errorf("reading the configuration of %q: %w", path, err)
	}
	return c, nil
}

var block = regexp.MustCompile(`\$\[\[ inputs\.([a-z_]+) \]\]`)

// Used lists the inputs that the configuration has a place for.
func (c *Component) Used() []string {
	var used []string
	walk(c.body, func(n *yaml.Node) {
		for _, m := range block.FindAllStringSubmatch(n.Value, -1) {
			if !slices.Contains(used, m[1]) {
				used = append(used, m[1])
			}
		}
	})
	return used
}

// With gives the inputs values and resolves the configuration.
func (c *Component) With(values map[string]any) (Config, error) {
	for name, value := range values {
		in, ok := c.Inputs[name]
		if !ok {
			return nil, fmt.Errorf("no input %q", name)
		}
		if err := in.check(value); err != nil {
			return nil, fmt.Errorf("input %q: %w", name, err)
		}
	}
	text, err := yaml.Marshal(c.body)
	if err != nil {
		return nil, err
	}
	var body yaml.Node
	if err := yaml.Unmarshal(text, &body); err != nil {
		return nil, err
	}
	var failed error
	walk(&body, func(n *yaml.Node) {
		if err := c.interpolate(n, values); err != nil {
			failed = err
		}
	})
	if failed != nil {
		return nil, failed
	}
	return resolve(&body)
}

func (in Input) check(value any) error {
	kind := "string"
	switch value.(type) {
	case bool:
		kind = "boolean"
	case int, float64:
		kind = "number"
	case []any:
		kind = "array"
	}
	if kind != in.Type {
		return fmt.Errorf("%v is a %s, want a %s", value, kind, in.Type)
	}
	if len(in.Options) > 0 && !slices.Contains(in.Options, value) {
		return fmt.Errorf("%v is none of %v", value, in.Options)
	}
	return nil
}

// interpolate puts values into a scalar. One that is nothing but a block takes the value with its type.
func (c *Component) interpolate(n *yaml.Node, values map[string]any) error {
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "$[[") {
		return nil
	}
	get := func(name string) (any, error) {
		if v, ok := values[name]; ok {
			return v, nil
		}
		in, ok := c.Inputs[name]
		if !ok {
			return nil, fmt.Errorf("line %d: no input %q", n.Line, name)
		}
		if in.Required {
			return nil, fmt.Errorf("input %q: required, and no value given", name)
		}
		return in.Default, nil
	}
	if m := block.FindStringSubmatch(n.Value); m != nil && m[0] == n.Value && n.Style == 0 {
		v, err := get(m[1])
		if err != nil {
			return err
		}
		return n.Encode(v)
	}
	var failed error
	n.Value = block.ReplaceAllStringFunc(n.Value, func(s string) string {
		v, err := get(block.FindStringSubmatch(s)[1])
		if err != nil {
			failed = err
		}
		return fmt.Sprint(v)
	})
	if strings.Contains(n.Value, "$[[") {
		return fmt.Errorf("line %d: %q is not of the form $[[ inputs.name ]]", n.Line, n.Value)
	}
	return failed
}

func walk(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, child := range n.Content {
		walk(child, visit)
	}
}
