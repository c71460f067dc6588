package state

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"dagger/pipeline/aws"
)

// Object is what is at the key of a state.
type Object struct {
	// Exists tells whether anything is there.
	Exists bool
	// Addresses are its managed resources, as the root module declares them:
	// aws_s3_bucket.it, module.network. Known is false where the state cannot be
	// read, because it is encrypted or too large.
	Addresses []string
	Known     bool
	// Lineage is that of a state that can be read: all that was made of it has the same.
	Lineage string
	// Moved says where the state went, "" for one that is here: see Mark.
	Moved string
	Body  []byte
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
		Resources *[]struct{ Mode, Module, Type, Name string }
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
		switch {
		case r.Mode != "managed":
		case r.Module != "":
			out.Addresses = append(out.Addresses, firstModule(r.Module))
		default:
			out.Addresses = append(out.Addresses, r.Type+"."+r.Name)
		}
	}
	slices.Sort(out.Addresses)
	out.Addresses = slices.Compact(out.Addresses)
	return out
}

var (
	arnRegion  = regexp.MustCompile(`"arn:aws[a-z-]*:[a-z0-9-]+:([a-z]{2}[a-z-]*-[0-9]):`)
	arnAccount = regexp.MustCompile(`"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}):`)
)

// Regions and Accounts are those of the ARNs in the state.
func (o Object) Regions() []string  { return o.inARNs(arnRegion) }
func (o Object) Accounts() []string { return o.inARNs(arnAccount) }

func (o Object) inARNs(part *regexp.Regexp) []string {
	var out []string
	for _, m := range part.FindAllSubmatch(o.Body, -1) {
		out = append(out, string(m[1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HasRegion tells whether an ARN in the state is in a region.
func (o Object) HasRegion(region string) bool {
	return bytes.Contains(o.Body, []byte(":"+region+":"))
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
