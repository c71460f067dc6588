package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
	"dagger/pipeline/environments"
	"dagger/pipeline/internal/dagger"
)

// Chained says how a whole pipeline runs in one call.
type Chained struct {
	// Key encrypts the plan, so that exactly this plan is deployed.
	Key *dagger.Secret
	// Attempt makes the tests run again when it changes.
	Attempt string
	// Sections folds each part's text in a GitLab job log.
	Sections bool
	// Note is where a note of the pipeline goes.
	Note Noting
}

// MergeRequest tests, packages, plans and deploys a merge request's environment.
func (r *Run) MergeRequest(ctx context.Context, how Chained) (string, error) {
	if err := isForMergeRequest(r.Environment); err != nil {
		return "", err
	}
	return r.chain(ctx, how)
}

// Release tests, packages, plans and deploys a lasting environment.
func (r *Run) Release(ctx context.Context, how Chained) (string, error) {
	if err := isForRelease(r.Environment); err != nil {
		return "", err
	}
	return r.chain(ctx, how)
}

// isForMergeRequest refuses an environment that is not a merge request's.
func isForMergeRequest(environment string) error {
	if err := environments.Validate(environment); err != nil {
		return err
	}
	if !environments.IsMergeRequest(environment) {
		return fmt.Errorf("deploying %q: it is not the environment of a merge request (mr-<number>): call release for a lasting one", environment)
	}
	return nil
}

// isForRelease refuses the environment of a merge request.
func isForRelease(environment string) error {
	if err := environments.Validate(environment); err != nil {
		return err
	}
	if environments.IsMergeRequest(environment) {
		return fmt.Errorf("releasing %q: it is the environment of a merge request: call merge-request for it", environment)
	}
	return nil
}

// chain is the whole pipeline of the run's environment.
func (r *Run) chain(ctx context.Context, how Chained) (string, error) {
	target, err := ci.TargetNamed(r.Environment)
	if err != nil {
		return "", err
	}
	post, err := r.posting(ctx, how.Note)
	if err != nil {
		return "", err
	}
	var plan *dagger.File
	parts := []Part{
		{Name: "test", Run: func(ctx context.Context) (string, error) { return r.Test(ctx, how.Attempt) }},
		{Name: "package", Run: func(ctx context.Context) (string, error) {
			built, err := r.build(ctx)
			if err != nil {
				return "", err
			}
			r.seen.built(built)
			return r.packaged(ctx, built)
		}},
	}
	before := []string{"test", "package"}
	if r.address() != "" {
		r.purpose = pushing
		before = append(before, "images")
		parts = append(parts, Part{Name: "images", Run: func(ctx context.Context) (string, error) {
			pushed, err := r.publish(ctx, []string{target.Tag})
			if err != nil {
				return "", err
			}
			return ImagesPart(pushed)
		}})
	}
	parts = append(parts,
		// A plan changes nothing: it need not wait for the tests.
		Part{Name: "plan", After: []string{"package"}, Run: func(ctx context.Context) (text string, err error) {
			roots, err := r.deployment(ctx, Artifacts{}, Options{})
			if err != nil {
				return "", err
			}
			text, plan, err = roots.Save(ctx, how.Key)
			return text, err
		}},
		Part{Name: "deploy", After: append(before, "plan"), Run: func(ctx context.Context) (string, error) {
			return r.Deploy(ctx, Artifacts{}, plan, how.Key, Options{})
		}})
	return Chain{Parts: parts, Sections: how.Sections, Link: r.Job, Ended: post}.Run(ctx)
}
