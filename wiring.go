package main

import (
	"context"

	"dagger/pipeline/aws"
	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/steps"
)

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

// workspace is one environment's run, with nothing to deploy.
func (p *Pipeline) workspace(ctx context.Context, environment string) (steps.Workspace, error) {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return steps.Workspace{}, err
	}
	if err := steps.CheckLockTimeout(p.LockTimeout); err != nil {
		return steps.Workspace{}, err
	}
	project, err := p.project(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	account := p.aws(project, environment)
	credentials, err := account.Credentials(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	w, err := p.module(ctx)
	w.Environment = environment
	w.State = steps.StateFor(p.StateBucket, project, environment)
	w.AWS = account
	w.Credentials = credentials
	w.LockTimeout = p.LockTimeout
	w.Job = p.Job
	return w, err
}

// deployment is one environment's run with the artifact to deploy.
func (p *Pipeline) deployment(ctx context.Context, environment string, artifact *dagger.File) (steps.Workspace, error) {
	w, err := p.workspace(ctx, environment)
	if err != nil {
		return w, err
	}
	w.Artifact, err = p.artifact(ctx, artifact)
	return w, err
}

// module is the root module in the terraform container.
func (p *Pipeline) module(ctx context.Context) (steps.Workspace, error) {
	container, err := p.terraform().Container(ctx)
	return steps.Workspace{Container: container, Source: p.Source, Infra: p.Infra}, err
}

// aws is the account side of a run for an environment, "" for none.
func (p *Pipeline) aws(project, environment string) steps.AWS {
	return steps.AWS{
		Region:          p.Region,
		Endpoint:        p.AwsEndpoint,
		AccessKeyID:     p.AwsAccessKeyID,
		SecretAccessKey: p.AwsSecretAccessKey,
		SessionToken:    p.AwsSessionToken,
		Web:             p.WebIdentityToken,
		RoleARN:         p.RoleArn,
		ExternalID:      p.ExternalID,
		Container:       p.ContainerCredentials,
		ContainerToken:  p.ContainerToken,
		Instance:        p.InstanceMetadata,
		Duration:        p.SessionDuration,
		Accounts:        p.AllowedAccounts,
		Facts:           aws.Facts{Project: project, Pipeline: p.Job, Environment: environment},
	}
}

// project is the name of the poetry project.
func (p *Pipeline) project(ctx context.Context) (string, error) {
	return images.App{Source: p.Source}.Project(ctx)
}

// gitlabAPI is nil when there is no token to ask with.
func gitlabAPI(ctx context.Context, url string, token *dagger.Secret) (*ci.GitLabAPI, error) {
	if token == nil {
		return nil, nil
	}
	text, err := token.Plaintext(ctx)
	return &ci.GitLabAPI{URL: url, Token: text}, err
}
