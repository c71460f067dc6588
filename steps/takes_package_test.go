package steps

import (
	"testing"
	"testing/fstest"

	"dagger/pipeline/rootmodule"
)

// A package is made for whoever may use it: a root module that says nothing of one
// packs the source by itself, or has no function.
func TestTakesArtifact(t *testing.T) {
	for text, want := range map[string]bool{
		``:                       false,
		`variable "artifact" {}`: true,
		`resource "aws_lambda_function" "it" { filename = "${path.module}/../artifact.zip" }`: true,
		`resource "aws_lambda_function" "it" { filename = "../artifact.zip" }`:                true,
		`module "it" { source = "./it" }`:                                                     true,
		`locals { all = fileset("${path.module}/..", "*.zip") }`:                              true,
		`variable "artifact_bucket" {}`:                                                       false,
		`data "archive_file" "it" {
		  type        = "zip"
		  source_dir  = "${path.module}/../src"
		  output_path = "${path.module}/lambda.zip"
		}`: false,
	} {
		module, err := rootmodule.Read(fstest.MapFS{
			"infra/main.tf":    {Data: []byte(text)},
			"infra/it/main.tf": {Data: []byte(`locals { hash = filemd5("${path.module}/../../artifact.zip") }`)},
		}, "infra")
		if err != nil {
			t.Fatal(err)
		}
		if got := takesArtifact(module, map[string]string{"name": "orders"}); got != want {
			t.Errorf("%s: %t, want %t", text, got, want)
		}
		if !takesArtifact(module, map[string]string{"package": "../artifact.zip"}) {
			t.Errorf("%s: a value names the artifact, and none is made", text)
		}
	}
}

func TestMayBuild(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                  false,
		"test:\n\tpytest\n":                 false,
		"build:\n\tzip\n":                   true,
		"test build: deps\n\tzip\n":         true,
		"build::\n\tzip\n":                  true,
		".PHONY: build\n":                   false,
		"deploy:\n\tdocker build .: x\n":    false,
		"# build: all\n":                    false,
		"BUILD = a:b\nbuild_dir := x\n":     false,
		"include ../common.mk\n":            true,
		"-include local.mk\n":               true,
		"%:\n\tpython make.py $@\n":         true,
		"$(TARGETS):\n\tzip\n":              true,
		"pre-commit: build-tools\n\techo\n": false,
	} {
		if got := mayBuild(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}
