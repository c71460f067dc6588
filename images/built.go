package images

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// built evaluates a container, so that what fails in it is reported as doing
// what, with the line that explain makes of the output ("" for its last line).
func built(ctx context.Context, doing string, c *dagger.Container, explain func(output string) string) (*dagger.Container, error) {
	c, err := c.Sync(ctx)
	var failed *dagger.ExecError
	if !errors.As(err, &failed) {
		return c, err
	}
	message := explain(failed.Stdout + "\n" + failed.Stderr)
	if message == "" {
		message = tell.Short(tell.LastLine(WithoutHints(failed.Stderr), WithoutHints(failed.Stdout)))
	}
	return nil, tell.Failure(failed.ExitCode, failed.Cmd, fmt.Sprintf("%s: %s", doing, message))
}
