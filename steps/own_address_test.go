package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/gitlab"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// A login in an address is in no output, and no part of a place.
func TestAddressesWithoutLogin(t *testing.T) {
	for address, want := range map[string]string{
		"https://user:canary@g/state/prod?x=1":                             "https://g/state/prod?x=1",
		"postgres://user:can@ary@db/states?sslmode=off":                    "postgres://db/states?sslmode=off",
		"host=db user=app password='can ary' dbname=x":                     "host=db dbname=x",
		"https://g/user@example/prod":                                      "https://g/user@example/prod",
		"s3://bucket/key":                                                  "s3://bucket/key",
		"https://gitlab.example.com/api/v4/projects/1/terraform/state/app": "https://gitlab.example.com/api/v4/projects/1/terraform/state/app",
	} {
		if got := withoutLogin(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	const open = "terraform {\n  backend \"KIND\" {}\n}\n" + queue
	rule := project.Terraform{BackendFiles: project.Rules{{Environments: "*", Files: []string{"{environment}.hcl"}}}}
	for kind, address := range map[string]string{"pg": `conn_str = "postgres://LOGIN:canary@db/x"`, "http": `address = "http://LOGIN:canary@none.invalid/x"`} {
		o := owned{main: strings.Replace(open, "KIND", kind, 1), environment: "prod", set: rule, states: bucketOf{},
			files: map[string]string{"prod.hcl": strings.Replace(address, "LOGIN", "a", 1), "staging.hcl": strings.Replace(address, "LOGIN", "b", 1)}}
		if err := o.refused(t, ""); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "has the same one") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	w := Workspace{Environment: "prod", State: State{Bucket: "b", Key: "k"}}
	if _, err := w.moveState(t.Context(), "https://user:canary@g/state", gitlab.State{}); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "TF_HTTP_PASSWORD") {
		t.Errorf("moving: %v", err)
	}
}

// States on another server than AWS are not looked for in AWS, where a bucket of that name
// is somebody else's.
func TestOwnBackendOnAnotherServer(t *testing.T) {
	const fixed = "resource \"aws_sqs_queue\" \"orders\" { name = \"orders\" }\n"
	block := func(arguments string) string {
		return "terraform {\n  backend \"s3\" {\n    bucket = \"own\"\n    key = \"shop/x.tfstate\"\n" + arguments + "}\n}\n" + fixed
	}
	theirs := bucketOf{"own/shop/mr-7/x.tfstate": stateWith("b", "aws_vpc.it"), "own/shop/prod/x.tfstate": stateWith("b", "aws_sqs_queue.orders")}
	key := map[string]string{"key": "shop/{environment}/x.tfstate"}
	const unseen = `the states of the backend "s3" are not seen from here`
	for name, tt := range map[string]struct {
		block  string
		config map[string]string
		file   string
		want   string
	}{
		"AWS":                  {block(""), key, "", "has 1 resource and none of"},
		"endpoints":            {block("endpoints = { s3 = \"https://minio.example.com\" }\n"), key, "", unseen},
		"an endpoint":          {block("endpoint = \"https://r2.example.com\"\n"), key, "", unseen},
		"one of AWS":           {block("endpoints = { s3 = \"https://s3.eu-west-1.amazonaws.com\" }\n"), key, "", "has 1 resource and none of"},
		"by the table":         {block(""), map[string]string{"key": key["key"], "endpoint": "https://minio.example.com"}, "", unseen},
		"by a file":            {block(""), key, "endpoints = { s3 = \"https://minio.example.com\" }\n", unseen},
		"OpenTofu computes it": {strings.Replace(block(""), `"own"`, "var.bucket", 1), key, "", unseen},
	} {
		o := owned{main: tt.block, set: project.Terraform{BackendConfig: tt.config}, states: theirs}
		if tt.file != "" {
			o.set.BackendFiles, o.files = project.Rules{{Environments: "*", Files: []string{"b.hcl"}}}, map[string]string{"b.hcl": tt.file}
		}
		if err := o.refused(t, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	w := Workspace{Environment: "prod", State: State{Bucket: "b", Key: "k"}, Module: rootmodule.Module{Backend: &rootmodule.Backend{Type: "s3", Config: map[string]string{"bucket": "own", "key": "x"}, Chooses: []string{"endpoints"}}}}
	if places := w.declaredPlaces(); places != nil || !w.unplaced() {
		t.Errorf("managed: %v", places)
	}
	w.Module.Backend.Chooses = nil
	if places := w.declaredPlaces(); len(places) != 2 || w.unplaced() {
		t.Errorf("managed, in AWS: %v", places)
	}
	w.Module.Backend.Config["bucket"] = "${var.bucket}"
	if places := w.declaredPlaces(); places != nil || !w.unplaced() {
		t.Errorf("managed, computed: %v", places)
	}
}
