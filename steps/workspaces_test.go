package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/images"
)

// rootOf is the root module of a source, which a directory in it says: only-image,
// own-backend or calls-modules.
func rootOf(made string) string {
	for name, text := range map[string]string{
		"only-image":    `variable "image" {}`,
		"own-backend":   "terraform {\n  backend \"s3\" {\n    bucket = \"own\"\n  }\n}\n",
		"calls-modules": "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\nmodule \"eks\" {\n  source = \"team/eks/aws\"\n  version = \"~> 20.0\"\n}\n",
		"needs-aws":     "resource \"aws_sqs_queue\" \"q\" {}\n",
	} {
		if strings.Contains(made, "/withDirectory "+name) {
			return text
		}
	}
	return ""
}

// What is kept for a state in an own backend is kept for its place.
func TestPlaceOfAnOwnBackend(t *testing.T) {
	server, _ := cloud(t)
	of := func(environment string, marks ...string) Workspace {
		with := settings(server.URL)
		for _, mark := range marks {
			with.Source = with.Source.WithDirectory(mark, dag.Directory())
		}
		roots, err := NewRun(with, environment).workspacesOf(t.Context(), environment)
		if err != nil || len(roots) != 1 || roots[0].Refused != nil {
			t.Fatalf("%+v, %v", roots, err)
		}
		return roots[0]
	}
	prod, staging := of("prod", "own-backend"), of("staging", "own-backend")
	if want := `bucket = "own", key = "shop/prod"`; prod.Backend.Place != want {
		t.Errorf("%q, want %q", prod.Backend.Place, want)
	}
	if managed := of("prod"); managed.Backend.Place != "" || managed.keep() == prod.keep() || prod.keep() == staging.keep() {
		t.Errorf("%q, %q", managed.Backend.Place, prod.keep())
	}
}

// The providers of a root module without a lock file are chosen with the modules that it
// calls, from its own files; of one that calls none from its requirements alone.
func TestProvidersOfCalledModules(t *testing.T) {
	for mark, called := range map[string]bool{"calls-modules": true, "needs-aws": false} {
		c, err := images.Terraform{
			Source: dag.Directory().WithDirectory(mark, dag.Directory()), Path: ".", Roots: []string{"infra"},
			Base: images.TerraformBase, Release: images.Release{Version: "1.11.4"},
		}.Container(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		id, err := c.ID(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for part, want := range map[string]bool{
			"/withWorkdir /mnt/configuration/infra":                called,
			"/withMountedDirectory /mnt/configuration":             called,
			"/withNewFile /opt/terraform/locks/infra/providers.tf": !called,
			"/withWorkdir /opt/terraform/locks/infra":              !called,
		} {
			if strings.Contains(string(id), part) != want {
				t.Errorf("%s: %s %t in %s", mark, part, !want, id)
			}
		}
	}
}
