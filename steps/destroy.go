package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
)

// Destroy removes an environment, with the project's own script where it has
// one. Only environments of merge requests can be destroyed.
func Destroy(ctx context.Context, w Workspace) (string, error) {
	if !ci.IsMergeRequest(w.Environment) {
		return "", fmt.Errorf("destroying %q: only environments of merge requests (mr-<number>) may be destroyed", w.Environment)
	}
	c, found, err := w.script(ctx, "terraform_destroy.sh")
	if err != nil {
		return "", err
	}
	if !found {
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		if c, err = w.terraform(ctx, c, "destroy", "-no-color", "-auto-approve", "-lock-timeout="+lockTimeout); err != nil {
			return "", err
		}
	}
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + Completed(out), err
}
