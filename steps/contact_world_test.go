package steps

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/fault"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
)

// bucketOf is S3 in memory, by BUCKET/KEY.
type bucketOf map[string]string

// in is one bucket of it.
func (b bucketOf) in(bucket string) objects { return within{b, bucket + "/"} }

type within struct {
	all bucketOf
	at  string
}

func (w within) Read(_ context.Context, key string) (state.Object, error) {
	switch text, ok := w.all[w.at+key]; {
	case w.all[w.at] == "gone":
		return state.Object{}, &fault.Error{Op: "reading", What: "no such bucket", Kind: fault.ErrNotFound}
	case text == "denied":
		return state.Object{}, fmt.Errorf("reading the state %q: access denied: allow s3:GetObject on the key, and kms:Decrypt on its key", key)
	case ok:
		return state.Parse([]byte(text)), nil
	}
	return state.Object{}, nil
}

func (w within) Keys(_ context.Context, prefix string) (keys []string, _ error) {
	for name := range w.all {
		if key, ok := strings.CutPrefix(name, w.at); ok && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func (w within) Names(ctx context.Context) (names []string, _ error) {
	keys, err := w.Keys(ctx, "")
	for _, key := range keys {
		name, _, _ := strings.Cut(key, "/")
		names = append(names, name)
	}
	return slices.Compact(names), err
}

// stateWith is a state with resources: type.name, type.name=ARN, or type.name= and
// attributes in JSON.
func stateWith(lineage string, resources ...string) string {
	var out []string
	for _, r := range resources {
		r, arn, _ := strings.Cut(r, "=")
		module := ""
		if parts := strings.SplitN(r, ".", 3); parts[0] == "module" {
			module, r = parts[0]+"."+parts[1], parts[2]
		}
		kind, name, _ := strings.Cut(r, ".")
		attributes := arn
		if !strings.HasPrefix(arn, "{") {
			attributes = fmt.Sprintf(`{"arn":%q}`, arn)
		}
		out = append(out, fmt.Sprintf(`{"mode":"managed","module":%q,"type":%q,"name":%q,"instances":[{"attributes":%s}]}`, module, kind, name, attributes))
	}
	return fmt.Sprintf(`{"version":4,"serial":7,"lineage":%q,"terraform_version":"1.14.9","resources":[%s]}`, lineage, strings.Join(out, ","))
}

// meet is the decision that each run makes before it plans.
func (c contact) meet(t *testing.T) error {
	t.Helper()
	source := fstest.MapFS{}
	for i := 0; i < len(c.files); i += 2 {
		source[c.files[i]] = &fstest.MapFile{Data: []byte(c.files[i+1])}
	}
	w := Workspace{Dir: ".", Infra: "infra", Root: "infra", Project: "shop", Environment: "prod", Settings: c.set, AWS: AWS{Region: "eu-west-1"}, Ends: c.ends, Trust: c.trust}
	if c.root != "" {
		w.Infra, w.Root = c.root, c.root
	}
	if c.environment != "" {
		w.Environment = c.environment
	}
	w.State = StateFor("b", w.Project, w.Environment, w.Root)
	w.Signs = func(_ context.Context, written bool) (string, error) {
		if written {
			return c.writes, nil
		}
		return c.signs, nil
	}
	var err error
	if w.Module, err = rootmodule.Read(source, w.Infra); err != nil {
		t.Fatal(err)
	}
	w.Others = func(context.Context) (out []rootmodule.Module, err error) {
		dirs, _ := fs.Glob(source, "*/main.tf")
		for _, dir := range dirs {
			m, err := rootmodule.Read(source, path.Dir(dir))
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		return out, nil
	}
	if w.Backend, err = ChooseBackend(w.Module, c.set, "b", w.Environment); err != nil {
		return err
	}
	return w.contact(t.Context(), c.states.in, "123456789012")
}
