package steps

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// MayDestroy refuses any environment but a merge request's, unless it was named
// twice.
func MayDestroy(environment, confirm string) error {
	if err := environments.Validate(environment); err != nil {
		return err
	}
	if !environments.IsMergeRequest(environment) && confirm != environment {
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
	c, found, err := w.script(ctx, destroyScript)
	if err != nil {
		return "", err
	}
	if !found {
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		variables, err := w.variableArgs(ctx)
		if err != nil {
			return "", err
		}
		destroy := append([]string{"apply.sh", "destroy", "-no-color", "-auto-approve", "-lock-timeout=" + w.lockTimeout()}, variables...)
		if c, err = w.destroy(ctx, c, key, destroy); err != nil {
			return "", err
		}
	}
	w.removeState(ctx)
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + Completed(out), err
}

// destroy runs terraform destroy. A configuration that reads what only a build
// leaves cannot be evaluated here, which a refresh does; the state alone says what
// there is to destroy.
func (w Workspace) destroy(ctx context.Context, c *dagger.Container, key *dagger.Secret, command []string) (*dagger.Container, error) {
	after, err := w.apply(ctx, c, key, command, "terraform", "destroy")
	if err == nil || !strings.Contains(err.Error(), "no such file or directory") {
		return after, err
	}
	tell.Line("The configuration reads a file that is not built here: destroying what the state has, without a refresh")
	return w.apply(ctx, c, key, append(slices.Clone(command), "-refresh=false"), "terraform", "destroy")
}

// removeState removes the state where nothing is left in it. One that stays does
// no harm. A bucket with versioning keeps its history.
func (w Workspace) removeState(ctx context.Context) {
	if w.Backend.Own || w.Refused != nil || w.State.Bucket == "" {
		return
	}
	w.State.Region = w.bucketRegion(ctx)
	session, err := w.stateAccount().Session(ctx)
	if err == nil {
		_, err = state.In(session, w.State.Bucket).RemoveEmpty(ctx, w.State.Key, cmp.Or(JobUser(w.Job), "pipeline"))
	}
	if err != nil {
		tell.Line("Warning: the empty state stays: " + err.Error())
	}
}
