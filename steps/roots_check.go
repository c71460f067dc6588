package steps

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"
)

// check refuses root modules that the built-in steps would refuse once there is something
// to deploy: what that is has no part in it. A script of the project's own has its own rules.
func (r Roots) check(ctx context.Context) error {
	if own, err := r[0].owns(ctx, applyScript); err != nil || own {
		return err
	}
	for _, w := range r {
		if err := w.check(ctx); err != nil {
			return r.named(w, err)
		}
	}
	return nil
}

func (w Workspace) check(ctx context.Context) error {
	if w.Refused != nil {
		return w.Refused
	}
	if err := w.checkModule(ctx); err != nil {
		return err
	}
	if !w.Backend.Own {
		if err := w.State.validate(); err != nil {
			return err
		}
	}
	_, err := w.variableArgs(ctx)
	return err
}

// checkSaving refuses to save a plan of several root modules, or with a key that is none.
func (r Roots) checkSaving(ctx context.Context, key *dagger.Secret) error {
	if _, err := plain(ctx, "--plan-key", key); err != nil || key == nil || len(r) == 1 {
		return err
	}
	_, err := r.one("saving the plan")
	return err
}

// checkSaved refuses a saved plan that cannot be applied as it is.
func (r Roots) checkSaved(ctx context.Context, plan *dagger.File, key *dagger.Secret) error {
	if _, err := plain(ctx, "--plan-key", key); err != nil || plan == nil {
		return err
	}
	w, err := r.one("applying the saved plan")
	if err != nil {
		return err
	}
	return Deploy{Workspace: w, Plan: plan, Key: key}.checkSaved(ctx)
}

func (d Deploy) checkSaved(ctx context.Context) error {
	if d.Key == nil {
		return errors.New("no key given for the saved plan: give the one that it was made with, --plan-key")
	}
	own, err := d.Workspace.owns(ctx, applyScript)
	if err == nil && own {
		err = fmt.Errorf("applying the saved plan: the project is deployed by its own scripts/%s, which the plan would bypass: deploy without --plan to run the script, or remove the script to apply plans", applyScript)
	}
	return err
}
