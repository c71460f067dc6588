package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
)

// MayDestroy refuses any environment but a merge request's, unless it was named
// twice.
func MayDestroy(environment, confirm string) error {
	if err := ci.ValidateEnvironment(environment); err != nil {
		return err
	}
	if !ci.IsMergeRequest(environment) && confirm != environment {
		return fmt.Errorf("destroying %q: it is not the environment of a merge request (mr-<number>): name it a second time with --confirm to destroy it all the same", environment)
	}
	return nil
}

// Destroy removes an environment that MayDestroy allows, with the project's own
// script where it has one.
//
// The key encrypts a state that cannot be written; without one none is kept.
func Destroy(ctx context.Context, w Workspace, confirm string, key *dagger.Secret) (string, error) {
	if err := MayDestroy(w.Environment, confirm); err != nil {
		return "", err
	}
	c, found, err := w.script(ctx, "terraform_destroy.sh")
	if err != nil {
		return "", err
	}
	if !found {
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		if c, err = w.apply(ctx, c, key, []string{"destroy.sh"}, "terraform", "destroy"); err != nil {
			return "", err
		}
	}
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + Completed(out), err
}
