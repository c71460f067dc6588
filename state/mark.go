package state

import (
	"encoding/json"
	"slices"
	"strings"
)

// moved is a version of states that no terraform reads.
const moved = 99

// Mark is what takes the place of a state that was moved: with nothing there,
// whoever still deploys by it would make everything again.
func Mark(where string) ([]byte, error) {
	return json.Marshal(map[string]any{"version": moved, "pipeline": where})
}

// ARNs are the names in AWS of the managed resources, with their addresses.
// Those that come with an account, and are only taken over, are left out.
func (o Object) ARNs() map[string]string {
	var state struct {
		Resources []struct {
			Mode, Module, Type, Name string
			Instances                []struct{ Attributes struct{ ARN any } }
		}
	}
	out := map[string]string{}
	if json.Unmarshal(o.Body, &state) != nil {
		return out
	}
	for _, r := range state.Resources {
		if r.Mode != "managed" || strings.HasPrefix(r.Type, "aws_default_") {
			continue
		}
		address := strings.Join(slices.DeleteFunc([]string{r.Module, r.Type, r.Name}, func(s string) bool { return s == "" }), ".")
		for _, i := range r.Instances {
			if arn, ok := i.Attributes.ARN.(string); ok && arn != "" {
				out[arn] = address
			}
		}
	}
	return out
}
