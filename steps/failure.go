// Package steps has the steps that the pipeline runs in the two containers, one file
// for each.
package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

var dag = dagger.Connect()

// anyExit runs a command and lets it fail, so that what it left can be used. The
// engine takes that for a success and would give it to every later call: only
// for commands that are volatile.
var anyExit = dagger.ContainerWithExecOpts{Expect: dagger.ReturnTypeAny}

// explainer makes one line of what a command printed, or "" where it knows none. Lines
// before it say more.
type explainer func(stdout, stderr string) string

// done evaluates a container whose last command must succeed; name is what that
// is called in an error. A command that fails is no result for the engine: the
// next call runs it again.
func done(ctx context.Context, c *dagger.Container, name []string, explain explainer) (*dagger.Container, error) {
	after, err := c.Sync(ctx)
	var failed *dagger.ExecError
	if !errors.As(err, &failed) {
		return after, err
	}
	return nil, failure(failed.ExitCode, name, failed.Stdout, failed.Stderr, explain)
}

// check returns nil when the last command of c, which ran with anyExit, ended
// with code 0, and otherwise an error with the line that explain makes of its
// output.
func check(ctx context.Context, c *dagger.Container, command []string, explain explainer) error {
	code, err := c.ExitCode(ctx)
	if err != nil || code == 0 {
		return err
	}
	stdout, err := c.Stdout(ctx)
	if err != nil {
		return err
	}
	stderr, err := c.Stderr(ctx)
	if err != nil {
		return err
	}
	return failure(code, command, stdout, stderr, explain)
}

func failure(code int, command []string, stdout, stderr string, explain explainer) error {
	more := strings.Split(explain(stdout, stderr), "\n")
	message := more[len(more)-1]
	more = more[:len(more)-1]
	for _, line := range more {
		tell.Line(line)
	}
	if message == "" {
		message = tell.Short(tell.LastLine(withoutNotes(stderr), stdout))
	}
	output := strings.TrimSpace(stdout + "\n" + stderr + "\n" + strings.Join(more, "\n"))
	return tell.FailureWith(code, command, fmt.Sprintf("running %s: %s", strings.Join(command, " "), message), output)
}
