package state

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Thing is one resource in the world: its address in a state, its id for Terraform, and
// its name for people.
type Thing struct{ Address, ID, Name string }

// locating are the arguments that say where a resource is which has no ARN: the id
// of a permission is unique in its function alone.
var locating = regexp.MustCompile(`(^|_)(name|bucket|role|user|group|cluster|namespace|database|repository|zone|api)(_id)?$`)

// unshared are the starts of types whose resources are nowhere but in a state, come with
// an account and are only taken over, or stay when they are destroyed.
var unshared = []string{"aws_default_", "aws_api_gateway_account", "random_", "null_", "time_", "local_", "tls_", "archive_", "template_", "cloudinit_", "external", "terraform_"}

// InTheWorld reports whether resources of a type are anywhere but in a state, as another environment's may be.
func InTheWorld(kind string) bool {
	return !slices.ContainsFunc(unshared, func(start string) bool { return strings.HasPrefix(kind, start) })
}

// Things are the managed resources, by what tells whether two states have the same
// one: its ARN, or else its id with what locates it.
func (o Object) Things() map[string]Thing {
	var state struct {
		Resources []struct {
			Mode, Module, Type, Name string
			Instances                []struct{ Attributes map[string]any }
		}
	}
	out := map[string]Thing{}
	if json.Unmarshal(o.Body, &state) != nil {
		return out
	}
	for _, r := range state.Resources {
		if r.Mode != "managed" || !InTheWorld(r.Type) {
			continue
		}
		address := strings.Join(slices.DeleteFunc([]string{r.Module, r.Type, r.Name}, func(s string) bool { return s == "" }), ".")
		for _, i := range r.Instances {
			if key, name := identity(r.Type, i.Attributes); key != "" {
				id, _ := i.Attributes["id"].(string)
				out[key] = Thing{address, id, name}
			}
		}
	}
	return out
}

// Have tells whether a state with some things has one of another state, by its key there.
// Where the first alone knows an ARN, the type and the id decide: a provider gives all
// resources of a type one or none, so a state that leaves it out was written by nobody's.
func Have(things map[string]Thing) func(key string, t Thing) bool {
	named := map[string]bool{}
	for key, t := range things {
		if key == t.Name && t.ID != "" {
			named[t.Kind()+" "+t.ID] = true
		}
	}
	return func(key string, t Thing) bool {
		_, same := things[key]
		return same || key != t.Name && named[t.Kind()+" "+t.ID]
	}
}

// Kind is the type: the name after it has no dots.
func (t Thing) Kind() string {
	address := t.Address[:strings.LastIndexByte(t.Address, '.')]
	return address[strings.LastIndexByte(address, '.')+1:]
}

// identity is what a resource has that no other one has, and its name for people.
func identity(kind string, attributes map[string]any) (key, name string) {
	if arn, _ := attributes["arn"].(string); arn != "" {
		return arn, arn
	}
	id, _ := attributes["id"].(string)
	if id == "" {
		return "", ""
	}
	key = kind + " " + id
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if text, _ := attributes[name].(string); text != "" && locating.MatchString(name) {
			key += fmt.Sprintf(" %s=%q", name, text)
		}
	}
	return key, id
}
