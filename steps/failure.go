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
	return images.FailureWith(code, command, fmt.Sprintf("running %s: %s", strings.Join(command, " "), message), strings.TrimSpace(stdout+"\n"+stderr))
}

// missingTarget recognises make's complaint about a target.
func missingTarget(target, stderr string) string {
	if strings.Contains(stderr, fmt.Sprintf("No rule to make target '%s'", target)) {
		return fmt.Sprintf("no Makefile in the project's root has a target %q: add one", target)
	}
	return ""
}

// nothingDone recognises that make found no command to run for a target: it has
// no recipe, or a file or directory has its name.
func nothingDone(target, stdout string) error {
	for _, said := range []string{"Nothing to be done for '%s'", "'%s' is up to date"} {
		if strings.Contains(stdout, fmt.Sprintf(said, target)) {
			return fmt.Errorf("running make %s: the Makefile has no command for the target %q: give it one, and declare it .PHONY", target, target)
		}
	}
	return nil
}
