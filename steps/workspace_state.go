package steps

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/environments"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// inWorkspace selects the workspace that is named after the environment. In the
// pipeline's own backend that changes nothing but terraform.workspace: the key
// of the state is the same. In the project's, one that is missing is made only
// where no other one can be meant.
func (w Workspace) inWorkspace(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
	if !w.Backend.Workspace {
		return w.inDefault(ctx, c)
	}
	command := []string{"select-workspace.sh", w.Environment}
	if w.Backend.Own && !environments.IsMergeRequest(w.Environment) {
		command = append(command, "only")
	}
	c = c.WithExec(command, anyExit)
	return c, check(ctx, c, []string{"terraform", "workspace", "select"}, w.explain(ctx))
}

// inDefault is the workspace "default" of the project's own backend, where the table
// names it, or no workspace has the environment's state.
func (w Workspace) inDefault(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
	if b := w.Module.Backend; !w.Backend.Own || w.Settings.Workspace == "default" || b == nil || b.Type == "http" {
		return c, nil
	}
	c = c.WithExec([]string{"default-workspace.sh", w.Environment}, anyExit)
	return c, check(ctx, c, []string{"terraform", "workspace", "list"}, w.explain(ctx))
}

// dropWorkspace removes the one of a merge request in the project's own backend,
// after its destruction. One that stays does no harm.
func (w Workspace) dropWorkspace(ctx context.Context, c *dagger.Container) {
	if !w.Backend.Own || !w.Backend.Workspace || w.lasts() {
		return
	}
	c = c.WithExec([]string{"drop-workspace.sh", w.Environment}, anyExit)
	if err := check(ctx, c, []string{"terraform", "workspace", "delete"}, w.explain(ctx)); err != nil {
		tell.Line("Warning: the empty workspace stays: " + err.Error())
	}
}

// bucketRegion is that of the state bucket, found out where S3 tells it.
func (w Workspace) bucketRegion(ctx context.Context) string {
	return cmp.Or(state.Region(ctx, aws.Config{Region: w.AWS.Region, Endpoint: w.AWS.Endpoint}, w.State.Bucket), w.AWS.Region)
}

// stateAccount is the account side for the state bucket, in its region.
func (w Workspace) stateAccount() AWS {
	account := w.AWS
	if region := w.State.Region; region != "" && region != account.Region {
		account.Region, account.session = region, nil
	}
	return account
}

// CheckLockTimeout reports whether terraform will understand a time to wait.
func CheckLockTimeout(text string) error {
	d, err := time.ParseDuration(text)
	if text != "" && (err != nil || d < 0) {
		return fmt.Errorf("reading the lock timeout %q: it is not a duration: write one such as 5m, 30s or 0s", text)
	}
	return nil
}
