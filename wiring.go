package main

import (
	"context"

	"dagger/pipeline/aws"
	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/steps"
	"dagger/pipeline/trust"
)

// level is how far the run is trusted; one that does not exist stops it.
func (p *Pipeline) level() (trust.Level, error) { return trust.Parse(p.Trust) }

// registry is where the images are kept, opened to pull.
func (p *Pipeline) registry(ctx context.Context) (images.Registry, error) {
	r, err := p.store(ctx)
	if err != nil {
		return images.Registry{}, err
	}
	return r.Pull(ctx)
}

// store says where the images are kept; nothing is asked for yet. Where the
// address has no path, the repositories are below the project's name.
func (p *Pipeline) store(ctx context.Context) (steps.Registry, error) {
	r := steps.Registry{Address: p.Registry, Username: p.RegistryUsername, Password: p.RegistryPassword, AWS: p.aws("", "")}
	named, err := p.Source.Exists(ctx, "pyproject.toml")
	if err != nil || !named {
		return r, err
	}
	r.Project, err = p.project(ctx)
	r.AWS.Facts.Project = r.Project
	return r, err
}

func (p *Pipeline) app(ctx context.Context) (images.Image, error) {
	registry, err := p.registry(ctx)
	if err != nil {
		return images.Image{}, err
	}
	return images.App{Source: p.Source, Base: p.PythonImage, PoetryVersion: p.PoetryVersion, Registry: registry}.Image(ctx)
}

func (p *Pipeline) terraform(ctx context.Context) (images.Terraform, error) {
	registry, err := p.registry(ctx)
	return images.Terraform{
		Source:   p.Source,
		Infra:    p.Infra,
		Base:     p.TerraformImage,
		Version:  p.TerraformVersion,
		Releases: p.TerraformReleases,
		Mirror:   p.ProviderMirror,
		Registry: registry,
	}, err
}

func (p *Pipeline) tests(ctx context.Context, attempt string) (steps.Test, error) {
	app, err := p.app(ctx)
	if err != nil {
		return steps.Test{}, err
	}
	lock, err := p.Source.File("poetry.lock").Contents(ctx)
	return steps.Test{App: app.Container, Source: p.Source, Lock: lock, Attempt: attempt}, err
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
	published, err := p.published(ctx, environment)
	if err != nil {
		return steps.Workspace{}, err
	}
	project := published.Project
	if project == "" {
		if project, err = p.project(ctx); err != nil {
			return steps.Workspace{}, err
		}
	}
	account := p.aws(project, environment)
	credentials, err := account.Credentials(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	w := steps.Workspace{Container: published.Container, Source: published.Source, Infra: published.Infra}
	if w.Container == nil {
		if w, err = p.module(ctx); err != nil {
			return w, err
		}
	}
	w.Environment = environment
	w.State = steps.StateFor(p.StateBucket, project, environment)
	w.AWS = account
	w.Credentials = credentials
	w.Variables = p.TerraformVariables
	w.LockTimeout = p.LockTimeout
	w.Job = p.Job
	return w, nil
}

// published is the root module that was pushed for an environment. It takes the
// place of the source where that has no project: in the job that destroys the
// environment of a branch that is gone.
func (p *Pipeline) published(ctx context.Context, environment string) (images.Published, error) {
	for _, name := range []string{"pyproject.toml", p.Infra} {
		there, err := p.Source.Exists(ctx, name)
		if err != nil || there || p.Registry == "" {
			return images.Published{}, err
		}
	}
	registry, err := p.registry(ctx)
	if err != nil || !registry.Given() {
		return images.Published{}, err
	}
	target, err := ci.TargetNamed(environment)
	if err != nil {
		return images.Published{}, err
	}
	return registry.Published(ctx, target.Tag)
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

// chain is the whole pipeline of an environment.
func (p *Pipeline) chain(ctx context.Context, environment string, key *dagger.Secret, attempt string, sections bool) (string, error) {
	target, err := ci.TargetNamed(environment)
	if err != nil {
		return "", err
	}
	var artifact, plan *dagger.File
	parts := []steps.Part{
		{Name: "test", Run: func(ctx context.Context) (string, error) { return p.Test(ctx, attempt) }},
		{Name: "package", Run: func(ctx context.Context) (text string, err error) {
			if artifact, err = p.BuildPackage(ctx); err != nil {
				return "", err
			}
			return steps.Sized(ctx, artifact)
		}},
	}
	deployed := []string{"test", "package"}
	if p.Registry != "" {
		deployed = append(deployed, "images")
		parts = append(parts, steps.Part{Name: "images", Run: func(ctx context.Context) (string, error) {
			pushed, err := p.publish(ctx, []string{target.Tag})
			if err != nil {
				return "", err
			}
			return steps.ImagesPart(pushed)
		}})
	}
	parts = append(parts,
		// A plan changes nothing: it need not wait for the tests.
		steps.Part{Name: "plan", After: []string{"package"}, Run: func(ctx context.Context) (text string, err error) {
			w, err := p.deployment(ctx, environment, artifact)
			if err != nil {
				return "", err
			}
			text, plan, err = steps.Plan{Workspace: w, Key: key}.Save(ctx)
			return text, err
		}},
		steps.Part{Name: "deploy", After: append(deployed, "plan"), Run: func(ctx context.Context) (string, error) {
			return p.Deploy(ctx, environment, artifact, plan, key)
		}})
	return steps.Chain{Parts: parts, Sections: sections, Link: p.Job}.Run(ctx)
}

// module is the root module in the terraform container.
func (p *Pipeline) module(ctx context.Context) (steps.Workspace, error) {
	t, err := p.terraform(ctx)
	if err != nil {
		return steps.Workspace{}, err
	}
	container, err := t.Container(ctx)
	return steps.Workspace{Container: container, Source: p.Source, Infra: p.Infra}, err
}

// publish pushes the app, the terraform tools and the root module with them.
func (p *Pipeline) publish(ctx context.Context, tags []string) ([]steps.Pushed, error) {
	store, err := p.store(ctx)
	if err != nil {
		return nil, err
	}
	registry, err := store.Push(ctx)
	if err != nil {
		return nil, err
	}
	project, err := p.project(ctx)
	if err != nil {
		return nil, err
	}
	publish := steps.Publish{Registry: registry, Tags: tags}
	if err := publish.Prepare(ctx); err != nil {
		return nil, err
	}
	if err := registry.SignIn(ctx); err != nil {
		return nil, err
	}
	app, err := p.app(ctx)
	if err != nil {
		return nil, err
	}
	t, err := p.terraform(ctx)
	if err != nil {
		return nil, err
	}
	tools, err := t.Image(ctx)
	if err != nil {
		return nil, err
	}
	module, err := t.Module(ctx, tools, project)
	if err != nil {
		return nil, err
	}
	return publish.Run(ctx, steps.Entry{Image: app, Moving: true}, steps.Entry{Image: tools}, steps.Entry{Image: module, Moving: true})
}

func (p *Pipeline) retention(ctx context.Context, deployed []string, rules aws.Retention) (steps.Retention, error) {
	store, err := p.store(ctx)
	return steps.Retention{Registry: store, Rules: rules, Deployed: deployed, Bucket: p.StateBucket}, err
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

// settings is what the project says of itself.
func (p *Pipeline) settings(ctx context.Context) (project.Project, error) {
	return images.ReadProject(ctx, p.Source)
}

// project is the name of the project, which is part of its states' keys.
func (p *Pipeline) project(ctx context.Context) (string, error) {
	read, err := p.settings(ctx)
	if err != nil {
		return "", err
	}
	return read.Name, read.Named()
}

// gitlabAPI is nil when there is no token to ask with.
func gitlabAPI(ctx context.Context, url string, token *dagger.Secret) (*ci.GitLabAPI, error) {
	if token == nil {
		return nil, nil
	}
	text, err := token.Plaintext(ctx)
	return &ci.GitLabAPI{URL: url, Token: text}, err
}
