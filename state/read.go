package state

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"dagger/pipeline/aws"
)

// Object is what is at the key of a state.
type Object struct {
	// Exists reports whether anything is there.
	Exists bool
	// Addresses are its managed resources, as the root module declares them:
	// aws_s3_bucket.it, module.network. Known is false if the state cannot be
	// read, because it is encrypted or too large.
	Addresses []string
	Known     bool
	// Lineage is the lineage of a readable state: all its descendants have the same.
	Lineage string
	// Moved says where the state went, "" if it is here: see Mark.
	Moved string
	Body  []byte
	arns  []located
}

// located is the ARN of a resource, with its address in the root module, and its own
// in whatever module it is.
type located struct {
	arn.ARN
	address, own string
}

// largestState is the most bytes of a state that are read.
const largestState = 256 << 20

// Read reads the object of a state.
func (b Bucket) Read(ctx context.Context, key string) (Object, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	body, err := b.do(ctx, call{method: http.MethodGet, key: key, limit: largestState})
	if aws.HasCode(err, "NoSuchKey") {
		return Object{}, nil
	}
	if err != nil {
		return Object{}, b.explain(ctx, fmt.Sprintf("reading the state %q", key), err, "allow s3:GetObject on the key and s3:ListBucket on the bucket")
	}
	return Parse(body), nil
}

// Parse reads the text of a state.
func Parse(body []byte) Object {
	out := Object{Exists: true, Body: body}
	var state struct {
		Version   int
		Pipeline  string
		Lineage   string
		Resources *[]resource
	}
	if json.Unmarshal(body, &state) != nil {
		return out
	}
	if state.Version == moved {
		out.Moved = cmp.Or(state.Pipeline, "moved")
	}
	if state.Resources == nil {
		return out
	}
	out.Known, out.Lineage = true, state.Lineage
	for _, r := range *state.Resources {
		address := r.Type + "." + r.Name
		if r.Module != "" {
			address = firstModule(r.Module)
		}
		for _, a := range r.arns() {
			out.arns = append(out.arns, located{a, address, r.Type + "." + r.Name})
		}
		if r.Mode == "managed" {
			out.Addresses = append(out.Addresses, address)
		}
	}
	slices.Sort(out.Addresses)
	out.Addresses = slices.Compact(out.Addresses)
	return out
}

// resource is one of a state, with as many instances as there are of it.
type resource struct {
	Mode, Module, Type, Name, Provider string
	Instances                          []struct{ Attributes struct{ ARN any } }
}

// arns are the resource's own, where the provider's default configuration made it:
// one with an alias is for another region or account.
func (r resource) arns() (own []arn.ARN) {
	if r.Mode != "managed" || r.Provider != "" && !strings.HasSuffix(r.Provider, "]") {
		return nil
	}
	for _, i := range r.Instances {
		text, _ := i.Attributes.ARN.(string)
		if parsed, err := arn.Parse(text); err == nil {
			own = append(own, parsed)
		}
	}
	return own
}

// Regions and Accounts are those of the resources that the provider's default
// configuration made, as far as their ARNs tell; regions without those of the addresses
// that say their own.
func (o Object) Regions(without map[string]bool) []string {
	return o.inARNs(func(a located) string {
		if without[a.address] || without[a.own] {
			return ""
		}
		return a.Region
	})
}

func (o Object) Accounts() []string {
	return o.inARNs(func(a located) string { return a.AccountID })
}

func (o Object) inARNs(part func(located) string) (found []string) {
	for _, a := range o.arns {
		if text := part(a); text != "" {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// firstModule is the module that the root module calls: module.a of
// module.a["k.l"].module.b.
func firstModule(address string) string {
	const prefix = "module."
	for i := len(prefix); i < len(address); i++ {
		if address[i] == '.' || address[i] == '[' {
			return address[:i]
		}
	}
	return address
}
