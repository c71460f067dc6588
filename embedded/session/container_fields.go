package session

import (
	"context"

	"github.com/moby/buildkit/client/llb"
)

// envVariable and label are name and value pairs of a container.
type envVariable struct{ name, value string }
type label struct{ name, value string }

func ctr(o *object) *container { return o.value.(*container) }

// evaluate runs everything that the container stands for.
func (s *Server) evaluate(ctx context.Context, c *container) error {
	_, err := s.solve(ctx, c.fs, &c.image.Platform)
	return err
}

// withFiles is the shape of the fields that copy something into a container.
func withFiles[T any](copy func(st llb.State, src T, dest string, a args) llb.State) resolver {
	return func(_ context.Context, s *Server, o *object, a args) (any, error) {
		c := ctr(o)
		src, err := obj[T](s, a, "source")
		if err != nil {
			return nil, err
		}
		return c.change(c.expand(a.boolean("expand"), a.str("path")), func(st llb.State, inner string) llb.State {
			return copy(st, src, inner, a)
		}), nil
	}
}

// withConfig is the shape of the fields that change the image configuration.
func withConfig(change func(c *container, a args)) resolver {
	return func(_ context.Context, _ *Server, o *object, a args) (any, error) {
		n := ctr(o).clone()
		change(n, a)
		return n, nil
	}
}

func output(name string) resolver {
	return func(ctx context.Context, s *Server, o *object, _ args) (any, error) { return s.meta(ctx, ctr(o), name) }
}

// Arguments that many fields of a container have.
var (
	argExpand      = optional("expand", "Boolean", "Replace ${VAR} and $VAR by the container's environment variables.")
	argPath        = required("path", "String", "Path in the container.")
	argPermissions = optional("permissions", "Int", "Permission bits, as a decimal number.")
)

func init() {
	var fields []Field
	for _, group := range [][]Field{imageFields(), execFields(), fileFields(), mountFields(), socketFields(), configFields(), serviceFields()} {
		fields = append(fields, group...)
	}
	register(Type{Name: "Container", Doc: "A container: files, what is mounted, and an image configuration.", Fields: fields})
	register(Type{Name: "EnvVariable", Doc: "An environment variable.", Fields: pair(
		func(o *object) (string, string) { v := o.value.(*envVariable); return v.name, v.value })})
	register(Type{Name: "Label", Doc: "A label of an image.", Fields: pair(
		func(o *object) (string, string) { v := o.value.(*label); return v.name, v.value })})
}

func pair(get func(*object) (name, value string)) []Field {
	return []Field{
		{Name: "name", Doc: "Its name.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { n, _ := get(o); return n, nil }},
		{Name: "value", Doc: "Its value.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { _, v := get(o); return v, nil }},
	}
}
