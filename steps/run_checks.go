package steps

import (
	"context"

	"dagger/pipeline/internal/dagger"
)

// ErroredState is the state that a run could not write.
func (r *Run) ErroredState(ctx context.Context, drop bool) (*dagger.File, error) {
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

// Drift fails when the environment was changed outside of terraform.
func (r *Run) Drift(ctx context.Context, given Artifacts) (string, error) {
	roots, err := r.deployment(ctx, given)
	if err != nil {
		return "", err
	}
	return roots.each(func(w Workspace) (string, error) { return Drift(ctx, w) })
}

// Outputs are those that are not sensitive.
func (r *Run) Outputs(ctx context.Context, format string) (string, error) {
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return "", err
	}
	return roots.Outputs(ctx, format)
}
