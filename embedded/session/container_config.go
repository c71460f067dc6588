package session

import (
	"context"
	"sort"
)

// configFields read and change the image configuration.
func configFields() []Field {
	return []Field{
		{Name: "withEnvVariable", Doc: "Set an environment variable.", Returns: "Container!",
			Args:    []Arg{required("name", "String", "Name of the variable."), required("value", "String", "Its value."), argExpand},
			resolve: withConfig(func(c *container, a args) { c.setEnv(a.str("name"), c.expand(a.boolean("expand"), a.str("value"))) })},
		{Name: "withoutEnvVariable", Doc: "Unset an environment variable.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: withConfig(func(c *container, a args) { c.unsetEnv(a.str("name")) })},
		{Name: "envVariable", Doc: "Return the value of an environment variable.", Returns: "String",
			Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				if v, ok := ctr(o).env(a.str("name")); ok {
					return v, nil
				}
				return nil, nil
			}},
		{Name: "envVariables", Doc: "List the environment variables.", Returns: "[EnvVariable!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { return ctr(o).envList(), nil }},
		{Name: "withLabel", Doc: "Set a label of the image.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the label."), required("value", "String", "Its value.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.Labels[a.str("name")] = a.str("value") })},
		{Name: "label", Doc: "Return the value of a label.", Returns: "String", Args: []Arg{required("name", "String", "Name of the label.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				if v, ok := ctr(o).image.Config.Labels[a.str("name")]; ok {
					return v, nil
				}
				return nil, nil
			}},
		{Name: "labels", Doc: "List the labels.", Returns: "[Label!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				out := []any{}
				for k, v := range ctr(o).image.Config.Labels {
					out = append(out, &label{k, v})
				}
				sort.Slice(out, func(i, j int) bool { return out[i].(*label).name < out[j].(*label).name })
				return out, nil
			}},
		{Name: "withWorkdir", Doc: "Set the working directory.", Returns: "Container!", Args: []Arg{argPath, argExpand},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.WorkingDir = c.abs(c.expand(a.boolean("expand"), a.str("path")))
			})},
		{Name: "workdir", Doc: "Return the working directory.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return ctr(o).image.Config.WorkingDir, nil
			}},
		{Name: "withUser", Doc: "Set the user.", Returns: "Container!", Args: []Arg{required("name", "String", "User, as name or number, with :group if wanted.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.User = a.str("name") })},
		{Name: "user", Doc: "Return the user.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return ctr(o).image.Config.User, nil
			}},
		{Name: "withEntrypoint", Doc: "Set the entrypoint.", Returns: "Container!",
			Args: []Arg{required("args", "[String!]", "Command and arguments."), optional("keepDefaultArgs", "Boolean", "Keep the default arguments.")},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.Entrypoint = a.strs("args")
				if !a.boolean("keepDefaultArgs") {
					c.image.Config.Cmd = nil
				}
			})},
		{Name: "entrypoint", Doc: "Return the entrypoint.", Returns: "[String!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return append([]string{}, ctr(o).image.Config.Entrypoint...), nil
			}},
		{Name: "withoutEntrypoint", Doc: "Remove the entrypoint.", Returns: "Container!", Args: []Arg{optional("keepDefaultArgs", "Boolean", "Keep the default arguments.")},
			resolve: withConfig(func(c *container, a args) {
				c.image.Config.Entrypoint = nil
				if !a.boolean("keepDefaultArgs") {
					c.image.Config.Cmd = nil
				}
			})},
		{Name: "withDefaultArgs", Doc: "Set the default arguments.", Returns: "Container!", Args: []Arg{required("args", "[String!]", "Arguments.")},
			resolve: withConfig(func(c *container, a args) { c.image.Config.Cmd = a.strs("args") })},
		{Name: "defaultArgs", Doc: "Return the default arguments.", Returns: "[String!]!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				return append([]string{}, ctr(o).image.Config.Cmd...), nil
			}},
	}
}
