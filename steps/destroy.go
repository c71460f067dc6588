package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
)

// Destroy removes an environment, with the project's own script where it has
// one. Any environment but a merge request's has to be named twice.
func Destroy(ctx context.Context, w Workspace, confirm string) (string, error) {
	if !ci.IsMergeRequest(w.Environment) && confirm != w.Environment {
		return "", fmt.Errorf("destroying %q: it is not the environment of a merge request (mr-<number>): name it a second time with --confirm to destroy it all the same", w.Environment)
	}
	c, found, err := w.script(ctx, "terraform_destroy.sh")
	if err != nil {
		return "", err
	}
	if !found {
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		c = c.WithExec([]string{"destroy.sh"}, anyExit)
		if err := check(ctx, c, []string{"terraform", "destroy"}, w.explain); err != nil {
			return "", err
		}
	}
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + Completed(out), err
}
