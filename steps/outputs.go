package steps

import (
	"context"
	"strings"
)

// publicOutputs prints the outputs as a JSON object of names and values.
// Sensitive ones are dropped inside the container.
const publicOutputs = `all=$(terraform output -no-color -json) && printf %s "$all" | jq --compact-output --sort-keys 'with_entries(select(.value.sensitive | not) | .value |= .value)'`

// Outputs returns the environment's outputs, without the sensitive ones, as a
// JSON object.
func Outputs(ctx context.Context, w Workspace) (string, error) {
	c, err := w.initialised(ctx)
	if err != nil {
		return "", err
	}
	c = c.WithExec([]string{"sh", "-c", publicOutputs}, anyExit)
	if err := check(ctx, c, []string{"terraform", "output"}, w.explain); err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	return strings.TrimSpace(out), err
}
