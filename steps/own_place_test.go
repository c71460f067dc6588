package steps

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// Environments are apart by where their states are, and not by the names of their files.
func TestOneStateOfTwoEnvironments(t *testing.T) {
	const one = `has the same one, `
	rule := func(files ...string) project.Terraform {
		return project.Terraform{BackendFiles: project.Rules{{Environments: "*", Files: files}}}
	}
	each := project.Terraform{BackendFiles: project.Rules{{Environments: "prod", Files: []string{"live.hcl"}}, {Environments: "staging", Files: []string{"test.hcl"}}}}
	marked := rule("backend/{environment}.hcl")
	spaced := marked
	spaced.Workspace = "environment"
	copied := func(prod, staging string) map[string]string {
		return map[string]string{"backend/prod.hcl": prod, "backend/staging.hcl": staging}
	}
	const at = "bucket = \"orders\"\nkey = \"x.tfstate\"\n"
	declares := func(kind, inside string) string {
		return "terraform {\n  backend \"" + kind + "\" {\n" + inside + "}\n}\n" + queue
	}
	for name, o := range map[string]owned{
		"copied, another table":    {main: declares("s3", ""), files: copied(at+`dynamodb_table = "a"`, at+`role_arn = "b"`), set: marked, want: `the environment "staging" (backend/staging.hcl) ` + one + `bucket = "orders", key = "x.tfstate"`},
		"copied, while it ends":    {main: declares("s3", ""), files: copied(at, at), set: marked, ends: true, want: one},
		"a key of its own":         {main: declares("s3", ""), files: copied(at, strings.Replace(at, "x.", "y.", 1)), set: marked},
		"a bucket of its own":      {main: declares("s3", `key = "x"`), files: copied(`bucket = "a"`, `bucket = "b"`), set: marked},
		"a store of its own":       {main: declares("s3", ""), files: copied(at+`endpoints = { s3 = "http://a" }`, at+`endpoints = { s3 = "http://b" }`), set: marked},
		"the block has it all":     {main: declares("s3", at), files: copied(`profile = "a"`, `profile = "b"`), set: marked, want: one},
		"in workspaces":            {main: declares("s3", ""), files: copied(at, at), set: spaced},
		"one server, a slash":      {main: declares("http", ""), files: copied(`address = "http://s/x"`, `address = "http://s/x/"`), set: marked, want: one},
		"no file of the other one": {main: declares("s3", at), files: map[string]string{"backend/prod.hcl": `profile = "a"`}, set: marked},
		"a line for each":          {main: declares("s3", ""), files: map[string]string{"live.hcl": at, "test.hcl": at}, set: each, want: `"staging" (test.hcl) ` + one},
		"one that nobody expects":  {main: declares("s3", ""), files: map[string]string{"backend/prod.hcl": at, "backend/qa.hcl": at}, set: marked, want: `"qa" (backend/qa.hcl) ` + one},
		"one server":               {main: declares("http", ""), files: copied(`address = "http://s/x"`, `address = "http://s/x"`), set: marked, want: one},
		"gcs":                      {main: declares("gcs", ""), files: copied(`bucket = "a"`, `bucket = "a"`), set: marked, want: one},
		"gcs, a prefix of its own": {main: declares("gcs", ""), files: copied("bucket = \"a\"\nprefix = \"p\"", "bucket = \"a\"\nprefix = \"s\""), set: marked},
		"azurerm":                  {main: declares("azurerm", `key = "x"`), files: copied("storage_account_name = \"a\"\nresource_group_name = \"p\"", `storage_account_name = "a"`), set: marked, want: one},
	} {
		if o.environment = "prod"; o.states == nil {
			o.states = bucketOf{}
		}
		if o.ends {
			o.environment = "staging"
			o.want = `"prod" (backend/prod.hcl) ` + o.want
		}
		err := o.refused(t, "http://none.invalid")
		if o.want == "" && err != nil && strings.Contains(err.Error(), one) || o.want != "" && (err == nil || !strings.Contains(err.Error(), o.want)) {
			t.Errorf("%s: %v, want %q", name, err, o.want)
		}
	}
}

// So are directories by environment whose backend was copied.
func TestOneStateOfTwoDirectories(t *testing.T) {
	const block = "terraform {\n  backend \"s3\" {\n    bucket = \"own\"\n    key = \"KEY\"\n  }\n}\n" + queue
	for name, tt := range map[string]struct {
		prod, staging string
		want          bool
	}{
		"copied":           {"x", "x", true},
		"a key of its own": {"prod", "staging", false},
	} {
		source := fstest.MapFS{
			"envs/prod/net/main.tf":    &fstest.MapFile{Data: []byte(strings.Replace(block, "KEY", tt.prod, 1))},
			"envs/staging/net/main.tf": &fstest.MapFile{Data: []byte(strings.Replace(block, "KEY", tt.staging, 1))},
			"envs/staging/app/main.tf": &fstest.MapFile{Data: []byte(strings.Replace(block, "KEY", tt.prod, 1))},
		}
		var all []rootmodule.Module
		for _, root := range []string{"envs/prod/net", "envs/staging/net", "envs/staging/app"} {
			m, err := rootmodule.Read(source, root)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		w := Workspace{Infra: "envs/prod/net", Environment: "prod", Module: all[0], Settings: project.Terraform{Backend: "own"}}
		w.Others = func(context.Context) ([]rootmodule.Module, error) { return slices.Clone(all), nil }
		err := w.checkOwnBackend(t.Context())
		if (err != nil) != tt.want || err != nil && !strings.Contains(err.Error(), `the environment "staging" (envs/staging/net/main.tf line 2) has the same one`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
