package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// selection is a field of a GraphQL query with its arguments.
type selection struct {
	field string
	args  []argument
}

type argument struct {
	name  string
	value any // string, number, bool or a list of them
}

func sel(field string, args ...argument) selection { return selection{field, args} }

// query writes a chain of selections as a GraphQL query.
func query(chain ...selection) (string, error) {
	var b strings.Builder
	b.WriteString("query")
	for _, s := range chain {
		b.WriteString("{" + s.field)
		for i, a := range s.args {
			open := ", "
			if i == 0 {
				open = "("
			}
			v, err := literal(a.value)
			if err != nil {
				return "", fmt.Errorf("argument %q: %w", a.name, err)
			}
			b.WriteString(open + a.name + ": " + v)
		}
		if len(s.args) > 0 {
			b.WriteString(")")
		}
	}
	b.WriteString(strings.Repeat("}", len(chain)))
	return b.String(), nil
}

// literal writes a value as GraphQL does, which is the same as JSON except for
// objects.
func literal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

// ask runs a chain of selections and returns the result of the last one: a scalar,
// or a list.
func ask(ctx context.Context, s Session, chain ...selection) (any, error) {
	q, err := query(chain...)
	if err != nil {
		return nil, err
	}
	data, err := s.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("reading the engine's answer: %w", err)
	}
	return leaf(out), nil
}

// leaf unwraps a result from the fields around it; in a list it does so for each
// item.
func leaf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			return leaf(inner)
		}
		return nil
	case []any:
		for i := range v {
			v[i] = leaf(v[i])
		}
	}
	return v
}

// askID runs a chain of selections that ends in an object.
func askID(ctx context.Context, s Session, chain ...selection) (string, error) {
	v, err := ask(ctx, s, append(chain, sel("id"))...)
	if err != nil {
		return "", err
	}
	id, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("reading the engine's answer: %v is not an id", v)
	}
	return id, nil
}
