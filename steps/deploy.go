package steps

import (
	"context"
	"regexp"
)

// lockTimeout is how long a run waits for another one of the same environment.
const lockTimeout = "5m"

// Deploy applies the project to the environment, with the project's own script
// where it has one. It returns a line that says what changed.
func Deploy(ctx context.Context, w Workspace) (string, error) {
	c, found, err := w.script(ctx, "terraform_apply.sh")
	if err != nil {
		return "", err
	}
	if !found {
		if c, err = w.initialised(ctx); err != nil {
			return "", err
		}
		if c, err = w.terraform(ctx, c, "apply", "-no-color", "-auto-approve", "-lock-timeout="+lockTimeout); err != nil {
			return "", err
		}
	}
	out, err := c.Stdout(ctx)
	return w.Environment + ": " + Completed(out), err
}

var completed = regexp.MustCompile(`(?m)^(?:Apply|Destroy) complete! Resources: (.+)\.$`)

// Completed is terraform's count of what it did, from its output.
func Completed(stdout string) string {
	if m := completed.FindStringSubmatch(stdout); m != nil {
		return m[1]
	}
	return "done"
}
