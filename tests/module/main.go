// Tests of the pipeline as a module that others depend on: dagger -m tests/module check
//
// They run on a Dagger engine only, and need no credentials. Where Docker Hub is out of reach, a .env file names other base images:
// CHECKS_pythonImage and CHECKS_terraformImage.
package main

import (
	"context"
	"fmt"
	"strings"

	"dagger/checks/internal/dagger"
)

// Checks are checks of the module on its own example.
type Checks struct {
	// +private
	Source *dagger.Directory
	// +private
	PythonImage string
	// +private
	TerraformImage string
}

func New(
	// Project to test with. Default: the example of this repository.
	// +defaultPath="/examples/app"
	source *dagger.Directory,
	// Image to build the app container on. Default: the pipeline's own.
	// +optional
	pythonImage string,
	// Image to build the terraform container on. Default: the pipeline's own.
	// +optional
	terraformImage string,
) *Checks {
	return &Checks{Source: source, PythonImage: pythonImage, TerraformImage: terraformImage}
}

// pipeline is that of a project.
func (t *Checks) pipeline(source *dagger.Directory) *dagger.Pipeline {
	return dag.Pipeline(dagger.PipelineOpts{Source: source, PythonImage: t.PythonImage, TerraformImage: t.TerraformImage})
}

// The tests of the example pass, and are counted.
// +check
func (t *Checks) Passes(ctx context.Context) error {
	line, err := t.pipeline(t.Source).Test(ctx)
	if err == nil && !strings.Contains(line, " tests passed") {
		return fmt.Errorf("test printed %q, want the number of tests that passed", line)
	}
	return err
}

// A test that fails is named.
// +check
func (t *Checks) Fails(ctx context.Context) error {
	broken := t.Source.WithNewFile("tests/test_broken.py", "def test_broken():\n    assert False\n")
	_, err := t.pipeline(broken).Test(ctx)
	return want(err, "test_broken")
}

// The artifact is there, and has something in it.
// +check
func (t *Checks) Packages(ctx context.Context) error {
	size, err := t.pipeline(t.Source).BuildPackage().Size(ctx)
	if err == nil && size == 0 {
		return fmt.Errorf("the artifact is empty")
	}
	return err
}

// Terraform files that are formatted pass, others are named.
// +check
func (t *Checks) Formats(ctx context.Context) error {
	if _, err := t.pipeline(t.Source).Fmt(ctx); err != nil {
		return err
	}
	_, err := t.pipeline(t.Source.WithNewFile("infra/wide.tf", "locals {\na    = 1\n}\n")).Fmt(ctx)
	return want(err, "wide.tf")
}

// An environment's name is looked at before anything runs.
// +check
func (t *Checks) RefusesNames(ctx context.Context) error {
	_, err := t.pipeline(t.Source).Plan(ctx, "no such name")
	return want(err, "no such name")
}

// The examples of this module compile, and do what they say.
// +check
func (t *Checks) Examples(ctx context.Context) error {
	_, err := dag.Examples().PipelineTest(ctx, t.Source.WithoutDirectory("tests").WithNewFile("pyproject.toml", "["))
	return want(err, "pyproject.toml")
}

// want tells whether an error has a text.
func want(err error, text string) error {
	if err == nil {
		return fmt.Errorf("nothing failed, want an error with %q", text)
	}
	if !strings.Contains(err.Error(), text) {
		return fmt.Errorf("want an error with %q: %w", text, err)
	}
	return nil
}
