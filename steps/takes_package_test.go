package steps

import (
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// A package is made only if a root module may use it: one that does not mention any packs the
// source itself, or has no function.
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

// In the Makefile of a service, the target build usually makes its image. It is run only if
// something else that it makes is used.
func TestOnlyImage(t *testing.T) {
	for name, want := range map[string]int{"only-image": 0, "also-image": 1, "no-table": 1} {
		with := Settings{Source: dag.Directory().WithDirectory(name, dag.Directory()), Project: ".", PythonImage: new("python"), Trust: "open"}
		built, err := NewRun(with, "").build(t.Context())
		if err != nil || len(built.Paths) != want || built.Unused != (want == 0) {
			t.Errorf("%s: %q, %v, want %d artifacts", name, built.Paths, err, want)
		}
	}
	image := &project.Image{}
	for name, tt := range map[string]struct {
		table project.Package
		want  bool
	}{
		"image":             {project.Package{Image: image}, true},
		"image and extras":  {project.Package{Image: image, Extras: []string{"web"}}, true},
		"no image":          {project.Package{}, false},
		"image and command": {project.Package{Image: image, Command: "make build"}, false},
		"image and files":   {project.Package{Image: image, Artifacts: []string{"dist/*.zip"}}, false},
		"image and lambda":  {project.Package{Image: image, Lambda: project.Lambda{Python: "3.12"}}, false},
	} {
		if got := tt.table.ImageAlone(); got != tt.want {
			t.Errorf("%s: alone %t, want %t", name, got, tt.want)
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

// tableOf is the table of a service, which a directory in it says: only-image, whose root
// module takes no artifact, or also-image.
func tableOf(made string) string {
	if strings.Contains(made, "/withDirectory own-backend") {
		return "[tool.pipeline.terraform]\nbackend = \"own\"\nbackend-config = { key = \"shop/{environment}\" }\n"
	}
	if strings.Contains(made, "/withDirectory only-image") || strings.Contains(made, "/withDirectory also-image") {
		return "[tool.pipeline.package.image]\n"
	}
	return ""
}
