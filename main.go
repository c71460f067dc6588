// Test, package and deploy a Python service to AWS with Terraform, on two
// containers that are defined once and reused by every step.
//
// Arguments of the constructor are the same for every call of a project: put
// them in a .env file. What is for one run only is an argument of the function.
package main

import (
	"context"

	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

// Pipeline is the pipeline of one project.
type Pipeline struct {
	// +private
	Source *dagger.Directory
	// +private
	PythonImage string
	// +private
	PoetryVersion string
	// +private
	TerraformImage string
	// +private
	TerraformVersion string
	// +private
	TerraformReleases string
	// +private
	ProviderMirror *dagger.Directory
	// +private
	Infra string
	// +private
	StateBucket string
	// +private
	Region string
	// +private
	AwsEndpoint string
	// +private
	AwsAccessKeyID *dagger.Secret
	// +private
	AwsSecretAccessKey *dagger.Secret
	// +private
	AwsSessionToken *dagger.Secret
	// +private
	Registry string
	// +private
	RegistryUsername string
	// +private
	RegistryPassword *dagger.Secret
}

// New sets what all functions have in common.
func New(
	// The project: the directory with pyproject.toml, poetry.lock and Makefile.
	// Version control, caches, virtual environments, local state and .env files
	// stay out of the containers.
	// +ignore=["**/.git", "**/.venv", "**/__pycache__", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache", "**/.terraform", "**/*.tfstate", "**/*.tfstate.*", "**/.env", "**/.coverage", "**/node_modules", "artifact.zip", "dist"]
	source *dagger.Directory,
	// Image to build the app container on: Alpine or Debian with python3 and its
	// venv module.
	// +default="python:3.12.8-slim-bookworm"
	pythonImage string,
	// Version of poetry, installed in an environment of its own.
	// +default="2.2.1"
	poetryVersion string,
	// Image to build the terraform container on: Alpine or Debian. One that has
	// terraform or OpenTofu keeps it.
	// +default="debian:bookworm-slim"
	terraformImage string,
	// Version of terraform to install where the image has none.
	// +default="1.11.4"
	terraformVersion string,
	// URL of a mirror of HashiCorp's terraform releases. Default: HashiCorp's own.
	// +optional
	terraformReleases string,
	// Directory with terraform providers, as `terraform providers mirror` writes
	// it; what is not in there is fetched.
	// +optional
	providerMirror *dagger.Directory,
	// Path of the terraform root module in the project.
	// +default="infra"
	infra string,
	// S3 bucket of the terraform state.
	// +optional
	stateBucket string,
	// AWS region.
	// +default="eu-west-1"
	region string,
	// URL of the AWS API where it is not AWS's own (a stand-in for tests).
	// +optional
	awsEndpoint string,
	// AWS access key.
	// +optional
	awsAccessKeyId *dagger.Secret,
	// AWS secret key.
	// +optional
	awsSecretAccessKey *dagger.Secret,
	// AWS session token, for temporary keys.
	// +optional
	awsSessionToken *dagger.Secret,
	// Registry of the base images, for the login: a host, with a path if wanted.
	// +optional
	registry string,
	// User name for the registry.
	// +optional
	registryUsername string,
	// Password for the registry.
	// +optional
	registryPassword *dagger.Secret,
) *Pipeline {
	return &Pipeline{
		Source:             source,
		PythonImage:        pythonImage,
		PoetryVersion:      poetryVersion,
		TerraformImage:     terraformImage,
		TerraformVersion:   terraformVersion,
		TerraformReleases:  terraformReleases,
		ProviderMirror:     providerMirror,
		Infra:              infra,
		StateBucket:        stateBucket,
		Region:             region,
		AwsEndpoint:        awsEndpoint,
		AwsAccessKeyID:     awsAccessKeyId,
		AwsSecretAccessKey: awsSecretAccessKey,
		AwsSessionToken:    awsSessionToken,
		Registry:           registry,
		RegistryUsername:   registryUsername,
		RegistryPassword:   registryPassword,
	}
}

// Give the app container: python, poetry and the project's dependencies.
func (p *Pipeline) AppContainer(ctx context.Context) (*dagger.Container, error) {
	return p.app().Container(ctx)
}

// Give the terraform container: terraform or OpenTofu, aws-cli, jq and the
// project's locked providers.
func (p *Pipeline) TerraformContainer(ctx context.Context) (*dagger.Container, error) {
	return p.terraform().Container(ctx)
}

// Run the project's tests (make test); fails with their exit code.
// +check
func (p *Pipeline) Test(
	ctx context.Context,
	// Run the tests again although nothing changed: any value not used before,
	// such as the CI job's id.
	// +optional
	attempt string,
) (string, error) {
	t, err := p.tests(ctx, attempt)
	if err != nil {
		return "", err
	}
	return t.Run(ctx)
}

// Give the reports of the tests, JUnit (junit.xml) and Cobertura
// (coverage.xml), also when tests fail. The tests do not run a second time.
func (p *Pipeline) TestReports(
	ctx context.Context,
	// The value that `test` was called with.
	// +optional
	attempt string,
) (*dagger.Directory, error) {
	t, err := p.tests(ctx, attempt)
	if err != nil {
		return nil, err
	}
	return t.Reports(), nil
}

// Build the project's artifact (make build) and give it: artifact.zip.
func (p *Pipeline) BuildPackage(ctx context.Context) (*dagger.File, error) {
	app, err := p.app().Container(ctx)
	if err != nil {
		return nil, err
	}
	return steps.Package(ctx, app, p.Source)
}

// Print what a deployment would change, with the counts.
// +cache="never"
func (p *Pipeline) Plan(
	ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact to deploy. Default: the one that build-package gives.
	// +optional
	artifact *dagger.File,
) (string, error) {
	w, err := p.workspace(ctx, environment)
	if err != nil {
		return "", err
	}
	if w.Artifact, err = p.artifact(ctx, artifact); err != nil {
		return "", err
	}
	return steps.Plan(ctx, w)
}

// Deploy an environment; runs each time it is called.
// +cache="never"
func (p *Pipeline) Deploy(
	ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
	// Artifact to deploy. Default: the one that build-package gives.
	// +optional
	artifact *dagger.File,
) (string, error) {
	w, err := p.workspace(ctx, environment)
	if err != nil {
		return "", err
	}
	if w.Artifact, err = p.artifact(ctx, artifact); err != nil {
		return "", err
	}
	return steps.Deploy(ctx, w)
}

// Give an environment's outputs as JSON, without the sensitive ones.
// +cache="never"
func (p *Pipeline) Outputs(
	ctx context.Context,
	// Environment: mr-<number>, staging or prod.
	environment string,
) (string, error) {
	w, err := p.workspace(ctx, environment)
	if err != nil {
		return "", err
	}
	return steps.Outputs(ctx, w)
}

// Destroy the environment of a merge request; one that is gone is no error.
// +cache="never"
func (p *Pipeline) Destroy(
	ctx context.Context,
	// Environment: mr-<number>.
	environment string,
) (string, error) {
	w, err := p.workspace(ctx, environment)
	if err != nil {
		return "", err
	}
	return steps.Destroy(ctx, w)
}

func (p *Pipeline) login() images.Login {
	return images.Login{Registry: p.Registry, Username: p.RegistryUsername, Password: p.RegistryPassword}
}

func (p *Pipeline) app() images.App {
	return images.App{Source: p.Source, Base: p.PythonImage, PoetryVersion: p.PoetryVersion, Login: p.login()}
}

func (p *Pipeline) terraform() images.Terraform {
	return images.Terraform{
		Source:   p.Source,
		Infra:    p.Infra,
		Base:     p.TerraformImage,
		Version:  p.TerraformVersion,
		Releases: p.TerraformReleases,
		Mirror:   p.ProviderMirror,
		Login:    p.login(),
	}
}

func (p *Pipeline) tests(ctx context.Context, attempt string) (steps.Test, error) {
	app, err := p.app().Container(ctx)
	if err != nil {
		return steps.Test{}, err
	}
	lock, err := p.Source.File("poetry.lock").Contents(ctx)
	return steps.Test{App: app, Source: p.Source, Lock: lock, Attempt: attempt}, err
}

// artifact is the given one, or the one that is built from the source.
func (p *Pipeline) artifact(ctx context.Context, given *dagger.File) (*dagger.File, error) {
	if given != nil {
		return given, nil
	}
	return p.BuildPackage(ctx)
}

func (p *Pipeline) workspace(ctx context.Context, environment string) (steps.Workspace, error) {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return steps.Workspace{}, err
	}
	pyproject, err := p.Source.File("pyproject.toml").Contents(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	container, err := p.terraform().Container(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	return steps.Workspace{
		Container:   container,
		Source:      p.Source,
		Infra:       p.Infra,
		Environment: environment,
		State:       steps.StateFor(p.StateBucket, images.ProjectName(pyproject), environment),
		AWS: steps.AWS{
			Region:          p.Region,
			Endpoint:        p.AwsEndpoint,
			AccessKeyID:     p.AwsAccessKeyID,
			SecretAccessKey: p.AwsSecretAccessKey,
			SessionToken:    p.AwsSessionToken,
		},
	}, nil
}
