package images

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
)

// Failure is the error of a command that ended with code: one line that says
// what to do, and the command's own exit code for the caller.
func Failure(code int, command []string, message string) error {
	return FailureWith(code, command, message, "")
}

// FailureWith is Failure with what the command printed, for a caller that showed
// nothing while it ran (-q). It has a name of its own: what is named stdout and
// stderr, dagger prints behind the message, again and always.
func FailureWith(code int, command []string, message, output string) error {
	return &gqlerror.Error{
		Message: printable.String(message),
		Extensions: map[string]any{
			"_type":    "EXEC_ERROR",
			"cmd":      command,
			"exitCode": code,
			"stdout":   "",
			"stderr":   "",
			"output":   printable.String(tail(output)),
		},
	}
}

// shown is the most of a command's output that goes with an error, in bytes.
const shown = 256 << 10

// tail is the end of a text, from the start of a line.
func tail(text string) string {
	if len(text) <= shown {
		return text
	}
	_, text, _ = strings.Cut(text[len(text)-shown:], "\n")
	return text
}

// LastLine is the last line that says something.
func LastLine(texts ...string) string {
	for _, text := range texts {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
			return last
		}
	}
	return "it failed and said nothing"
}

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
		message = LastLine(failed.Stderr, failed.Stdout)
	}
	return nil, Failure(failed.ExitCode, failed.Cmd, fmt.Sprintf("%s: %s", doing, message))
}
