package steps

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// owned is a project that keeps its states by itself, in S3 or on a server.
type owned struct {
	main, environment string
	files             map[string]string // from the root module
	set               project.Terraform
	states            bucketOf
	ends              bool
	want              string
}

// refused is what a run of it says.
func (o owned) refused(t *testing.T, server string) error {
	t.Helper()
	source := fstest.MapFS{"infra/main.tf": &fstest.MapFile{Data: []byte(strings.ReplaceAll(o.main, "SERVER", server))}}
	for name, text := range o.files {
		source[path.Join("infra", name)] = &fstest.MapFile{Data: []byte(text)}
	}
	w := Workspace{Dir: ".", Infra: "infra", Root: "infra", Project: "shop", Environment: "mr-7", Settings: o.set, Ends: o.ends}
	if o.environment != "" {
		w.Environment = o.environment
	}
	w.Settings.Backend = "own"
	w.Others = func(context.Context) ([]rootmodule.Module, error) {
		kind := "s3"
		if strings.Contains(o.main, `"http"`) {
			kind = "http"
		}
		return []rootmodule.Module{{Path: "net", Backend: &rootmodule.Backend{Type: kind, Config: map[string]string{"bucket": "own", "key": "shop/x.tfstate"}}, Addresses: map[string]bool{"aws_vpc.it": true}}}, nil
	}
	var err error
	if w.Module, err = rootmodule.Read(source, "infra"); err != nil {
		t.Fatal(err)
	}
	if w.Backend, err = ChooseBackend(w.Module, w.Settings, "b", w.Environment); err != nil {
		t.Fatal(err)
	}
	b := ownBackend{Workspace: w, in: o.states.in, login: []string{"", ""}, texts: map[string]string{}}
	read := map[string]int{}
	b.read = func(_ context.Context, name string) (string, error) {
		if read[name]++; read[name] > 1 {
			t.Errorf("%s is read %d times", name, read[name])
		}
		if f := source[name]; f != nil {
			return string(f.Data), nil
		}
		return "", nil
	}
	b.entries = func(_ context.Context, dir string) (names []string, _ error) {
		for name := range source {
			if path.Dir(name) == dir {
				names = append(names, path.Base(name))
			}
		}
		slices.Sort(names)
		return names, nil
	}
	if err := b.checkApart(t.Context()); err != nil {
		return err
	}
	if b.elsewhere, err = b.namesServer(t.Context()); err != nil {
		return err
	}
	return b.check(t.Context(), "123456789012")
}

// The states of other environments are compared wherever the project keeps them.
func TestOwnBackendIsCompared(t *testing.T) {
	const (
		arn    = "arn:aws:sqs:eu-west-1:123456789012:orders"
		keyed  = "terraform {\n  backend \"s3\" {\n    bucket = \"own\"\n    key = \"shop/x.tfstate\"\n  }\n}\n"
		open   = "terraform {\n  backend \"s3\" {}\n}\n"
		fixed  = "resource \"aws_sqs_queue\" \"orders\" { name = \"orders\" }\n"
		spaced = "locals { name = terraform.workspace }\n" + fixed
		http   = "terraform {\n  backend \"http\" {}\n}\n"
		gcs    = "terraform {\n  backend \"gcs\" { bucket = \"own\" }\n}\n"
		there  = `aws_sqs_queue.orders (` + arn + `) is in the state of "prod", too (`
		apart  = `"infra" has no way to tell environments apart`
	)
	ours, theirs := stateWith("a", "aws_sqs_queue.orders="+arn), stateWith("b", "aws_sqs_queue.orders="+arn)
	named := stateWith("a", "aws_sqs_queue.orders="+arn+"-mr-7")
	key := project.Terraform{BackendConfig: map[string]string{"key": "shop/{environment}/x.tfstate"}}
	top := project.Terraform{BackendConfig: map[string]string{"key": "{environment}/x.tfstate"}}
	files := project.Terraform{BackendFiles: project.Rules{{Environments: "*", Files: []string{"backend/{environment}.hcl"}}}}
	backends := map[string]string{"backend/mr-7.hcl": "bucket = \"dev\"\nkey = \"k\"", "backend/live.hcl": "bucket = \"live\"\nkey = \"k\""}
	address := project.Terraform{BackendConfig: map[string]string{"address": "SERVER/{environment}"}}
	two, twoAtAddress := key, address
	two.Roots, twoAtAddress.Roots = []string{"net", "infra"}, []string{"net", "infra"}
	may := key
	may.MayDestroy = []string{"aws_sqs_queue.orders"}
	for name, o := range map[string]owned{
		"a key by environment":                             {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": ours, "own/shop/prod/x.tfstate": theirs}, ends: true, want: there + "s3://own/shop/prod/x.tfstate)"},
		"the same, of its own":                             {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": named, "own/shop/prod/x.tfstate": theirs}, ends: true},
		"the same, which may go":                           {main: keyed + queue, set: may, states: bucketOf{"own/shop/mr-7/x.tfstate": ours, "own/shop/prod/x.tfstate": theirs}, ends: true},
		"another merge request's":                          {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": ours, "own/shop/mr-8/x.tfstate": theirs}, ends: true, want: `is in the state of "mr-8", too`},
		"an environment that nobody names":                 {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": ours, "own/shop/live/x.tfstate": theirs}, ends: true, want: `is in the state of "live", too`},
		"the name first in the key":                        {main: keyed + queue, set: top, states: bucketOf{"own/mr-7/x.tfstate": ours, "own/prod/x.tfstate": theirs, "own/strangers/x.tfstate": "denied"}, ends: true, want: there},
		"a workspace":                                      {main: keyed + spaced, states: bucketOf{"own/env:/mr-7/shop/x.tfstate": ours, "own/env:/prod/shop/x.tfstate": theirs}, ends: true, want: there},
		"a workspace below a prefix":                       {main: strings.Replace(keyed, "key =", "workspace_key_prefix = \"ws\"\n    key =", 1) + spaced, states: bucketOf{"own/ws/mr-7/shop/x.tfstate": ours, "own/ws/prod/shop/x.tfstate": theirs}, ends: true, want: there},
		"the default workspace":                            {main: keyed + spaced, states: bucketOf{"own/env:/mr-7/shop/x.tfstate": ours, "own/shop/x.tfstate": theirs}, ends: true, want: `is in the state of "default", too`},
		"a bucket by environment, in files":                {main: open + queue, files: backends, set: files, states: bucketOf{"dev/k": ours, "live/k": theirs}, ends: true, want: `is in the state of "live", too (s3://live/k)`},
		"a server":                                         {main: http + queue, set: address, states: bucketOf{"server/mr-7": ours, "server/prod": theirs}, ends: true, want: there},
		"a server, of its own":                             {main: http + queue, set: address, states: bucketOf{"server/mr-7": named, "server/prod": theirs}, ends: true},
		"a server that refuses":                            {main: http + queue, set: address, states: bucketOf{"server/mr-7": ours, "server/prod": "denied"}, ends: true},
		"what is not seen, ending":                         {main: gcs + queue, set: project.Terraform{BackendConfig: map[string]string{"prefix": "{environment}"}}, ends: true},
		"what is not seen, the same names":                 {main: gcs + fixed, set: project.Terraform{BackendConfig: map[string]string{"prefix": "{environment}"}}, want: "the states of the backend \"gcs\" are not seen from here"},
		"what is not seen, a lasting one":                  {main: gcs + fixed, set: project.Terraform{BackendConfig: map[string]string{"prefix": "{environment}"}}, environment: "prod"},
		"a second one of the same names":                   {main: keyed + fixed, set: key, states: bucketOf{"own/shop/prod/x.tfstate": theirs}, want: apart + `, and "prod" is deployed (s3://own/shop/prod/x.tfstate)`},
		"a second one of the same names, a server":         {main: http + fixed, set: address, states: bucketOf{"server/prod": theirs}, want: apart},
		"a second one with names of its own":               {main: keyed + queue, set: key, states: bucketOf{"own/shop/prod/x.tfstate": theirs}},
		"the first one":                                    {main: keyed + fixed, set: key},
		"something else beside it":                         {main: keyed + fixed, set: key, states: bucketOf{"own/shop/network/x.tfstate": stateWith("n", "aws_vpc.it")}},
		"a copy of production's":                           {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": theirs, "own/shop/prod/x.tfstate": theirs}, want: `it is a copy of the state of "prod"`},
		"a state of something else":                        {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": stateWith("n", "aws_vpc.it")}, want: `s3://own/shop/mr-7/x.tfstate has 1 resource and none of "infra"`},
		"resources of two root modules":                    {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": stateWith("n", "aws_vpc.it", "aws_sqs_queue.orders")}, want: `s3://own/shop/mr-7/x.tfstate has resources of "net", too, which a deployment would destroy`},
		"resources that are gone":                          {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": stateWith("n", "aws_subnet.it", "aws_sqs_queue.orders")}},
		"two root modules of one key":                      {main: keyed + queue, set: two, want: `s3://own/shop/mr-7/x.tfstate is the state of "net", too`},
		"two root modules of one server":                   {main: http + queue, set: twoAtAddress, want: `is the state of "net", too`},
		"two root modules of one key, each in a workspace": {main: keyed + spaced, set: project.Terraform{Roots: []string{"net", "infra"}}, want: `s3://own/env:/mr-7/shop/x.tfstate is the state of "net", too`},
		"two root modules":                                 {main: strings.Replace(keyed, "shop/x", "shop/y", 1) + spaced, set: project.Terraform{Roots: []string{"net", "infra"}}},
		"one that was made of a copy":                      {main: keyed + queue, set: key, states: bucketOf{"own/shop/mr-7/x.tfstate": stateWith("b", "aws_sqs_queue.orders="+arn+"-mr-7"), "own/shop/prod/x.tfstate": theirs}},
	} {
		server := httptest.NewServer(httpHandler(o.states))
		config := map[string]string{}
		for name, value := range o.set.BackendConfig {
			config[name] = strings.ReplaceAll(value, "SERVER", server.URL)
		}
		o.set.BackendConfig = config
		if o.states == nil {
			o.states = bucketOf{}
		}
		err := o.refused(t, server.URL)
		server.Close()
		if o.want == "" && err != nil || o.want != "" && (err == nil || !strings.Contains(err.Error(), o.want)) {
			t.Errorf("%s: %v, want %q", name, err, o.want)
		}
	}
}

// httpHandler answers as Terraform's http backend is answered.
func httpHandler(states bucketOf) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch text, ok := states["server"+r.URL.Path]; {
		case text == "denied":
			w.WriteHeader(http.StatusForbidden)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = io.WriteString(w, text)
		}
	}
}

// What an import block brings into a merge request's environment was there before.
func TestImportsOfMergeRequests(t *testing.T) {
	const (
		record = "resource \"aws_route53_record\" \"www\" {}\nimport {\n  to = aws_route53_record.www\n  id = \"Z_www_A\"\n}\n"
		state  = `{"version":4,"resources":[{"mode":"managed","type":"aws_route53_record","name":"www","instances":[{"attributes":{"id":"Z_www_A"}}]}]}`
	)
	o := contact{files: []string{"infra/main.tf", queue + record}, environment: "mr-7", ends: true, states: bucketOf{"b/shop/mr-7/terraform.tfstate": state}}
	const want = "destroying mr-7: an import block has brought in aws_route53_record.www (Z_www_A)"
	if err := o.meet(t); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	for name, change := range map[string]func(*contact){
		"of a lasting environment": func(c *contact) {
			c.environment, c.states = "prod", bucketOf{"b/shop/prod/terraform.tfstate": state}
		},
		"made by itself": func(c *contact) {
			c.states["b/shop/mr-7/terraform.tfstate"] = strings.ReplaceAll(state, "Z_www_A", "Z_www-mr-7_A")
		},
		"which may go":         func(c *contact) { c.set.MayDestroy = []string{"aws_route53_record.www"} },
		"by a condition":       func(c *contact) { c.files[1] = strings.Replace(c.files[1], "id =", "for_each = []\n  id =", 1) },
		"while it is deployed": func(c *contact) { c.ends = false },
	} {
		c := o
		c.files, c.states = slices.Clone(o.files), bucketOf{"b/shop/mr-7/terraform.tfstate": state}
		change(&c)
		if err := c.meet(t); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tt := range map[string]struct {
		environment, kind, id string
		may                   []string
		refused               bool
	}{
		"what was there before":   {"mr-7", "aws_route53_record", "Z_www_A", nil, true},
		"another merge request's": {"mr-7", "aws_route53_record", "/aws/lambda/orders-mr-77", nil, true},
		"what has its name":       {"mr-7", "aws_route53_record", "/aws/lambda/orders-mr-7", nil, false},
		"what is in a state only": {"mr-7", "terraform_data", "0b1c2d3e", nil, false},
		"which may go":            {"mr-7", "aws_route53_record", "Z_www_A", []string{"aws_route53_record.www"}, false},
	} {
		w := Workspace{Environment: tt.environment, Settings: project.Terraform{MayDestroy: tt.may}}
		if err := w.checkImports([]adopted{{"aws_route53_record.www", tt.kind, tt.id}}); (err != nil) != tt.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Environments with a root module each are apart, whatever the root module declares.
func TestOwnBackendOfADirectory(t *testing.T) {
	b := ownBackend{Workspace: Workspace{Infra: "envs/dev", Environment: "dev"}}
	if apart, err := b.namesApart(t.Context()); err != nil || !apart {
		t.Errorf("%t, %v", apart, err)
	}
	b.Infra = "envs/device"
	if apart, err := b.namesApart(t.Context()); err != nil || apart {
		t.Errorf("another directory: %t, %v", apart, err)
	}
}
