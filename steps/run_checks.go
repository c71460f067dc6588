package steps

import (
	"cmp"
	"context"
	"path"

	"dagger/pipeline/ci"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

// ErroredState is the state that a run could not write.
func (r *Run) ErroredState(ctx context.Context, drop string) (*dagger.File, error) {
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return nil, err
	}
	w, err := roots.one("giving the errored state")
	if err != nil {
		return nil, err
	}
	return ErroredState(ctx, w, drop)
}

// Validate checks the root modules without a state or an account.
func (r *Run) Validate(ctx context.Context) (string, error) {
	roots, err := r.modules(ctx)
	if err != nil {
		return "", err
	}
	return roots.each(func(w Workspace) (string, error) { return Validate(ctx, w) })
}

// Format checks how the root modules are written.
func (r *Run) Format(ctx context.Context) (string, error) {
	roots, err := r.modules(ctx)
	if err != nil {
		return "", err
	}
	return roots.each(func(w Workspace) (string, error) { return Format(ctx, w) })
}

// Drift fails if the environment was changed outside of terraform.
func (r *Run) Drift(ctx context.Context, given Artifacts) (string, error) {
	r.purpose = r.deploying(ctx, using)
	roots, err := r.deployment(ctx, given, Options{})
	if err != nil {
		return "", err
	}
	return roots.each(func(w Workspace) (string, error) { return Drift(ctx, w) })
}

// Outputs are the outputs that are not sensitive.
func (r *Run) Outputs(ctx context.Context, format string) (string, error) {
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	return roots.Outputs(ctx, format)
}

// publishedModule is the root module that was pushed for an environment. It
// takes the place of the source where that has no project: in the job that
// destroys the environment of a branch that is gone.
func (r *Run) publishedModule(ctx context.Context, environment string) (images.Published, error) {
	for _, name := range []string{path.Join(r.Settings.Project, "pyproject.toml"), path.Join(r.Settings.Project, cmp.Or(r.Infra, defaultRoot))} {
		there, err := r.Source.Exists(ctx, name)
		if err != nil || there || r.address() == "" {
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
