package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/gitlab"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// Unlock releases the lock of an environment's state that a run left behind.
type Unlock struct {
	Workspace Workspace
	// Owner is the lock's holder, as the lock itself or a refused run reports it.
	Owner string
	// Force releases it even if nothing shows that the holder has ended.
	Force bool
	// GitLab reports whether the holder's job has ended; nil does not ask.
	GitLab *gitlab.API
}

// Run returns a line that says what was released. It refuses if the owner is
// not the one named, or may still be running.
func (u Unlock) Run(ctx context.Context) (string, error) {
	w := u.Workspace
	if strings.TrimSpace(u.Owner) == "" {
		return "", emptyGuard("--owner")
	}
	if w.Refused != nil {
		return "", w.Refused
	}
	if w.Backend.Own {
		return u.own(ctx)
	}
	if err := w.State.validate(); err != nil {
		return "", err
	}
	w.State.Region = w.bucketRegion(ctx)
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return "", err
	}
	lock, err := state.In(session, w.State.Bucket).ReadLock(ctx, w.State.Key)
	if err != nil {
		return "", err
	}
	if lock == nil {
		return w.Environment + ": the state is not locked", nil
	}
	held := fmt.Sprintf("%s since %s (%s, lock %s)", lock.Who, lock.Created.UTC().Format(time.RFC3339), lock.Operation, lock.ID)
	if u.Owner != lock.Who && u.Owner != lock.ID {
		return "", fmt.Errorf("unlocking %s: the lock is held by %s, not by %q: give the holder with --owner", w.Environment, held, u.Owner)
	}
	if !u.Force {
		if err := u.ended(ctx, lock.Who); err != nil {
			return "", tell.Errorf("unlocking %s: held by %s: %w", w.Environment, held, err)
		}
	}
	c, err := w.initialised(ctx)
	if err != nil {
		return "", err
	}
	if _, err := w.terraform(ctx, c, "force-unlock", "-force", lock.ID); err != nil {
		return "", err
	}
	lost, err := w.lost(ctx, c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: released the lock of %s%s", w.Environment, held, Lost(lock.Operation, lost)), nil
}

// own releases a lock in the project's own backend, where nothing but terraform
// sees it: it is named by its id, as a refused run says it, and the caller knows
// that its run has ended.
func (u Unlock) own(ctx context.Context) (string, error) {
	w := u.Workspace
	if err := notByBranch(w.Trust, w.Environment, "unlocking "+w.Environment); err != nil {
		return "", err
	}
	if !u.Force {
		return "", fmt.Errorf("unlocking %s: its lock is in the project's own backend, and nothing tells from here whether its run has ended: look, and use --force with the lock's id as --owner", w.Environment)
	}
	c, err := w.initialisedIf(ctx, func(context.Context) error { return nil }) // a lock is of nobody else's resources
	if err != nil {
		return "", err
	}
	if _, err := w.terraform(ctx, c, "force-unlock", "-force", u.Owner); err != nil {
		return "", err
	}
	return w.Environment + ": released the lock " + u.Owner + " in the project's own backend", nil
}

// Lost says what a killed run may have left behind: terraform writes what it
// created to the state when it ends, and only occasionally before.
func Lost(operation string, lost []string) string {
	switch {
	case len(lost) > 0:
		return "; made by then and not in the state: " + strings.Join(lost, ", ") + ": import or remove them before the next deployment"
	case strings.HasPrefix(operation, "OperationTypePlan"):
		return ""
	}
	return "; this engine knows of nothing that was made and is not in the state: where the run was on another one, look at its log"
}

// ended is nil when the job that holds the lock is known to have ended.
func (u Unlock) ended(ctx context.Context, who string) error {
	if u.GitLab == nil {
		return fmt.Errorf("nothing tells whether that run has ended: look, and use --force, or give --gitlab-token")
	}
	status, err := u.GitLab.JobStatus(ctx, who)
	if err != nil {
		return err
	}
	if !status.Ended() {
		return fmt.Errorf("its job is %s: wait for it, or cancel it", status)
	}
	return nil
}
