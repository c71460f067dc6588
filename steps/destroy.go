package steps

import (
	"cmp"
	"context"
	"fmt"

	"dagger/pipeline/environments"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
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
// script if it has one.
//
// The key encrypts a state that cannot be written; without one none is kept.
func Destroy(ctx context.Context, w Workspace, confirm string, key *dagger.Secret) (string, error) {
	if err := MayDestroy(w.Environment, confirm); err != nil {
		return "", err
	}
	w.Ends = true
	c, found, err := w.script(ctx, destroyScript)
	if err != nil {
		return "", err
	}
	if !found {
		if err = w.scriptedElsewhere(ctx); err != nil {
			return "", err
		}
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		variables, err := w.variableArgs(ctx)
		if err != nil {
			return "", err
		}
		destroy := append([]string{"apply.sh", "destroy", "-auto-approve", "-lock-timeout=" + w.lockTimeout()}, variables...)
		if c, err = w.apply(ctx, c, key, destroy, "terraform", "destroy"); err != nil {
			return "", err
		}
	}
	w.removeState(ctx)
	if !found {
		w.dropWorkspace(ctx, c)
	}
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + printable.String(Completed(out)), err
}

// scriptedElsewhere refuses to destroy nothing: a project with a script of its own
// for applying and none for destroying, whose script keeps the state somewhere else.
func (w Workspace) scriptedElsewhere(ctx context.Context) error {
	if own, err := w.owns(ctx, applyScript); err != nil || !own || w.Backend.Own || w.State.Bucket == "" {
		return err
	}
	w.State.Region = w.bucketRegion(ctx)
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return err
	}
	there, err := w.State.in(session).Read(ctx, w.State.Key)
	if err == nil && !there.Exists {
		err = fmt.Errorf("destroying %s: there is no state at %s, and scripts/%s, which deploys the project, may keep it elsewhere: add scripts/%s, or where all is destroyed already, nothing is left to do", w.Environment, w.statePlace(), applyScript, destroyScript)
	}
	return err
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
		_, err = w.State.in(session).RemoveEmpty(ctx, w.State.Key, cmp.Or(JobUser(w.Job), "pipeline"))
	}
	if err != nil {
		tell.Line("Warning: the empty state stays: " + err.Error())
	}
}
