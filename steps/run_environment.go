package steps

import (
	"context"
	"path"

	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

// module is the root module in the terraform container.
func (r *Run) module(ctx context.Context) (Workspace, error) {
	container, err := r.TerraformContainer(ctx)
	return Workspace{Container: container, Source: r.Source, Infra: r.infra()}, err
}

// inEnvironment is the run's environment with nothing to deploy.
func (r *Run) inEnvironment(ctx context.Context) (Workspace, error) {
	return r.workspace.get(func() (Workspace, error) { return r.workspaceOf(ctx, r.Environment) })
}

// workspaceOf is one environment with nothing to deploy.
func (r *Run) workspaceOf(ctx context.Context, environment string) (Workspace, error) {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return Workspace{}, err
	}
	if err := CheckLockTimeout(r.LockTimeout); err != nil {
		return Workspace{}, err
	}
	published, err := r.publishedModule(ctx, environment)
	if err != nil {
		return Workspace{}, err
	}
	project := published.Project
	if project == "" {
		if project, err = r.projectName(ctx); err != nil {
			return Workspace{}, err
		}
	}
	account := r.account(project, environment)
	credentials, err := account.Credentials(ctx)
	if err != nil {
		return Workspace{}, err
	}
	w := Workspace{Container: published.Container, Source: published.Source, Infra: published.Infra}
	if w.Container == nil {
		if w, err = r.module(ctx); err != nil {
			return w, err
		}
	}
	w.Environment = environment
	w.State = StateFor(r.StateBucket, project, environment)
	w.AWS = account
	w.Credentials = credentials
	w.Variables = r.TerraformVariables
	w.LockTimeout = r.LockTimeout
	w.Job = r.Job
	w.Trust, err = r.level()
	return w, err
}

// publishedModule is the root module that was pushed for an environment. It
// takes the place of the source where that has no project: in the job that
// destroys the environment of a branch that is gone.
func (r *Run) publishedModule(ctx context.Context, environment string) (images.Published, error) {
	for _, name := range []string{path.Join(r.Settings.Project, "pyproject.toml"), r.infra()} {
		there, err := r.Source.Exists(ctx, name)
		if err != nil || there || r.Registry == "" {
			return images.Published{}, err
		}
	}
	registry, err := r.pullFrom(ctx)
	if err != nil || !registry.Given() {
		return images.Published{}, err
	}
	target, err := ci.TargetNamed(environment)
	if err != nil {
		return images.Published{}, err
	}
	return registry.Published(ctx, target.Tag)
}

// deployment is the run's environment with the artifact to deploy: the one
// given, or the one that is built.
func (r *Run) deployment(ctx context.Context, artifact *dagger.File) (Workspace, error) {
	w, err := r.inEnvironment(ctx)
	if err != nil {
		return w, err
	}
	if artifact == nil {
		artifact, err = r.BuildPackage(ctx)
	}
	w.Artifact = artifact
	return w, err
}

// Plan tells what a deployment would change.
func (r *Run) Plan(ctx context.Context, artifact *dagger.File) (string, error) {
	w, err := r.deployment(ctx, artifact)
	if err != nil {
		return "", err
	}
	return Plan{Workspace: w}.Text(ctx)
}

// PlanReport is a plan for review, and the plan itself where there is a key.
func (r *Run) PlanReport(ctx context.Context, artifact *dagger.File, key *dagger.Secret) (*dagger.Directory, error) {
	w, err := r.deployment(ctx, artifact)
	if err != nil {
		return nil, err
	}
	return Plan{Workspace: w, Key: key}.Report(ctx)
}

// Deploy applies a saved plan, or the source.
func (r *Run) Deploy(ctx context.Context, artifact, plan *dagger.File, key *dagger.Secret) (string, error) {
	r.purpose = marking // a whole pipeline has opened the registry already, to push
	w, err := r.deployment(ctx, artifact)
	if err != nil {
		return "", err
	}
	line, err := Deploy{Workspace: w, Plan: plan, Key: key}.Run(ctx)
	if err == nil {
		r.mark(ctx)
	}
	return line, err
}

// Drift fails when the environment was changed outside of terraform.
func (r *Run) Drift(ctx context.Context, artifact *dagger.File) (string, error) {
	w, err := r.deployment(ctx, artifact)
	if err != nil {
		return "", err
	}
	return Drift(ctx, w)
}

// Outputs are those that are not sensitive.
func (r *Run) Outputs(ctx context.Context, format string) (string, error) {
	w, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	return Outputs(ctx, w, format)
}

// Destroy destroys the environment of a merge request, or the one whose name is
// given once more.
func (r *Run) Destroy(ctx context.Context, confirm string, key *dagger.Secret) (string, error) {
	if err := MayDestroy(r.Environment, confirm); err != nil {
		return "", err
	}
	r.purpose = unmarking
	w, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	line, err := Destroy(ctx, w, confirm, key)
	if err == nil {
		r.unmark(ctx, r.Environment)
	}
	return line, err
}

// ErroredState is the state that a run could not write.
func (r *Run) ErroredState(ctx context.Context, drop bool) (*dagger.File, error) {
	w, err := r.inEnvironment(ctx)
	if err != nil {
		return nil, err
	}
	return ErroredState(ctx, w, drop)
}

// Validate checks the root module without a state or an account.
func (r *Run) Validate(ctx context.Context) (string, error) {
	w, err := r.module(ctx)
	if err != nil {
		return "", err
	}
	return Validate(ctx, w)
}

// Format checks how the root module is written.
func (r *Run) Format(ctx context.Context) (string, error) {
	w, err := r.module(ctx)
	if err != nil {
		return "", err
	}
	return Format(ctx, w)
}
