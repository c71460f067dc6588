package steps

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// deployment is the run's environment with what to deploy, and with what the caller asks
// of it: the artifacts given, or those that are built. All that a run can be refused for
// without them is looked at first, by further checks too: to build takes minutes.
func (r *Run) deployment(ctx context.Context, given Artifacts, options Options, checks ...func(Roots) error) (Roots, error) {
	if r.hasImage(ctx) { // what has nowhere to go is not built
		if _, err := r.serviceRegistry(ctx); err != nil {
			return nil, err
		}
	}
	roots, err := r.inEnvironment(ctx)
	if err != nil {
		return nil, err
	}
	if roots, err = roots.asked(options); err != nil {
		return nil, err
	}
	if roots, err = roots.handing(ctx, roots[0].Image); err != nil {
		return nil, err
	}
	for _, check := range append(checks, func(roots Roots) error { return roots.check(ctx) }) {
		if err := check(roots); err != nil {
			return nil, err
		}
	}
	built, err := r.given(ctx, given)
	if err != nil {
		return nil, err
	}
	image, err := r.serviceImage(ctx)
	if err == nil && len(built.Paths) == 0 {
		built, err = r.toDeploy(ctx, roots)
	}
	if err != nil {
		return nil, err
	}
	return roots.with(built, image), nil
}

// with are the root modules with what is to be deployed.
func (r Roots) with(p Package, image Handed) Roots {
	out := append(Roots{}, r...)
	for i := range out {
		out[i].Package, out[i].Image = p, image
	}
	return out
}

// Plan reports what a deployment would change.
func (r *Run) Plan(ctx context.Context, given Artifacts, options Options) (string, error) {
	r.purpose = r.deploying(ctx, using)
	roots, err := r.deployment(ctx, given, options)
	if err != nil {
		return "", err
	}
	return roots.Plan(ctx)
}

// PlanReport is a plan for review, and the plan itself if there is a key.
func (r *Run) PlanReport(ctx context.Context, given Artifacts, key *dagger.Secret, options Options) (*dagger.Directory, error) {
	r.purpose = r.deploying(ctx, using)
	roots, err := r.deployment(ctx, given, options, func(roots Roots) error { return roots.checkSaving(ctx, key) })
	if err != nil {
		return nil, err
	}
	return roots.Report(ctx, key)
}

// Deploy applies a saved plan, or the source.
func (r *Run) Deploy(ctx context.Context, given Artifacts, plan *dagger.File, key *dagger.Secret, options Options) (string, error) {
	r.purpose = r.deploying(ctx, marking) // a whole pipeline has opened the registry already, to push
	roots, err := r.deployment(ctx, given, options, func(roots Roots) error { return roots.checkSaved(ctx, plan, key) })
	if err != nil {
		return "", err
	}
	if err := r.nameService(ctx); err != nil {
		return "", err
	}
	line, err := roots.Deploy(ctx, plan, key)
	if err != nil {
		return line, err
	}
	r.mark(ctx)
	if r.Infra == "" {
		left, unseen := roots.dropped(ctx)
		if unseen != nil {
			left = "what else it has cannot be told: " + unseen.Error()
		}
		if left != "" {
			tell.Line("Warning: " + r.Environment + ": " + left)
		}
	}
	return line, nil
}
