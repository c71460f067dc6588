// Package steps holds what the pipeline does in the two containers, one file
// for each step.
package steps

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

var dag = dagger.Connect()

// anyExit runs a command and lets it fail, so that what it left can be used.
var anyExit = dagger.ContainerWithExecOpts{Expect: dagger.ReturnTypeAny}

// check returns nil when the last command of c, which ran with anyExit, ended
// with code 0, and otherwise an error with the line that explain makes of its
// output.
func check(ctx context.Context, c *dagger.Container, command []string, explain func(stdout, stderr string) string) error {
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
	message := explain(stdout, stderr)
	if message == "" {
		message = images.LastLine(stderr, stdout)
	}
	return images.Failure(code, command, fmt.Sprintf("running %s: %s", strings.Join(command, " "), message))
}

// missingTarget recognises make's complaint about a target.
func missingTarget(target, stderr string) string {
	if strings.Contains(stderr, fmt.Sprintf("No rule to make target '%s'", target)) {
		return fmt.Sprintf("the Makefile has no target %q: add one", target)
	}
	if strings.Contains(stderr, "No targets specified and no makefile found") {
		return fmt.Sprintf("the project has no Makefile: add one with a target %q", target)
	}
	return ""
}
