package tell

import (
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"dagger/pipeline/printable"
)

// Failure is the error of a command that ended with code: one line that says
// what to do, and the command's own exit code for the caller.
func Failure(code int, command []string, message string) error {
	return FailureWith(code, command, message, "")
}

// FailureWith is Failure with the command's output, for a caller that showed
// nothing while it ran (-q). The output has its own field, because dagger always
// prints fields named stdout and stderr again after the message.
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

// shown is how much of a command's output goes with an error, in bytes.
const shown = 256 << 10

// tail is the end of a text, from the start of a line.
func tail(text string) string {
	if len(text) <= shown {
		return text
	}
	_, text, _ = strings.Cut(text[len(text)-shown:], "\n")
	return text
}

// LastLine is the last line that is not empty.
func LastLine(texts ...string) string {
	for _, text := range texts {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
			return last
		}
	}
	return "it failed and said nothing"
}
