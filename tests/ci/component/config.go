package component

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Config is a pipeline's configuration with extends and !reference resolved.
type Config map[string]any

// reserved are the top-level keys that are no jobs.
var reserved = []string{"stages", "workflow", "variables", "include", "default", "image", "services", "before_script", "after_script", "cache"}

// Job returns a job.
func (c Config) Job(name string) (map[string]any, bool) {
	j, ok := c[name].(map[string]any)
	return j, ok && !slices.Contains(reserved, name)
}

// Jobs lists the jobs without the hidden ones.
func (c Config) Jobs() []string {
	var names []string
	for name := range c {
		if !strings.HasPrefix(name, ".") && !slices.Contains(reserved, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// At follows keys through mappings and indices through lists; nil where one is missing.
func At(v any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

// resolve turns the tree into plain values.
func resolve(body *yaml.Node) (Config, error) {
	var references []error
	var raw map[string]yaml.Node
	if err := body.Decode(&raw); err != nil {
		return nil, err
	}
	r := resolver{raw: map[string]any{}, done: map[string]map[string]any{}}
	for name, node := range raw {
		r.raw[name] = plain(&node)
	}
	config := Config{}
	for name, value := range r.raw {
		if _, ok := value.(map[string]any); ok && !slices.Contains(reserved, name) {
			job, err := r.job(name, nil)
			if err != nil {
				references = append(references, err)
			}
			value = job
		}
		config[name] = value
	}
	if len(references) > 0 {
		return nil, references[0]
	}
	return config, nil
}

// reference is a !reference that is not yet looked up.
type reference []any

// plain decodes a node, anchors and merges followed, and keeps references apart.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		if n.Tag == "!reference" {
			return reference(list)
		}
		return list
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	}
	var v any
	_ = n.Decode(&v)
	return v
}

type resolver struct {
	raw  map[string]any
	done map[string]map[string]any
}

// job is a job with what it extends below it and its references looked up.
func (r resolver) job(name string, seen []string) (map[string]any, error) {
	if job, ok := r.done[name]; ok {
		return job, nil
	}
	if slices.Contains(seen, name) {
		return nil, fmt.Errorf("job %q refers to itself", name)
	}
	own, ok := r.raw[name].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("no job %q", name)
	}
	seen = append(slices.Clone(seen), name)
	job := map[string]any{}
	var parents []any
	switch e := own["extends"].(type) {
	case string:
		parents = []any{e}
	case []any:
		parents = e
	}
	for _, p := range parents {
		parent, err := r.job(fmt.Sprint(p), seen)
		if err != nil {
			return nil, err
		}
		merge(job, parent)
	}
	looked, err := r.look(own, seen)
	if err != nil {
		return nil, fmt.Errorf("job %q: %w", name, err)
	}
	merge(job, looked.(map[string]any))
	delete(job, "extends")
	r.done[name] = job
	return job, nil
}

// look replaces references; a list in a list becomes part of it, as GitLab has it for scripts and rules.
func (r resolver) look(v any, seen []string) (any, error) {
	switch v := v.(type) {
	case reference:
		job, err := r.job(fmt.Sprint(v[0]), seen)
		if err != nil {
			return nil, err
		}
		found := At(job, v[1:]...)
		if found == nil {
			return nil, fmt.Errorf("!reference %v leads nowhere", []any(v))
		}
		return found, nil
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			got, err := r.look(value, seen)
			if err != nil {
				return nil, err
			}
			out[key] = got
		}
		return out, nil
	case []any:
		out := []any{}
		for _, item := range v {
			got, err := r.look(item, seen)
			if err != nil {
				return nil, err
			}
			if list, ok := got.([]any); ok {
				out = append(out, list...)
			} else {
				out = append(out, got)
			}
		}
		return out, nil
	}
	return v, nil
}

// merge puts over on top of base: mappings are joined, everything else is replaced.
func merge(base, over map[string]any) {
	for key, value := range over {
		b, isMap := base[key].(map[string]any)
		o, both := value.(map[string]any)
		if isMap && both {
			joined := map[string]any{}
			merge(joined, b)
			merge(joined, o)
			base[key] = joined
			continue
		}
		base[key] = value
	}
}
