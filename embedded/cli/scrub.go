package cli

import (
	"fmt"
	"io"
	"strings"

	"dagger/pipeline/embedded/plain"
)

// scrubbed is an error without secrets in its text.
type scrubbed struct {
	error
	text string
}

func (e scrubbed) Error() string { return e.text }
func (e scrubbed) Unwrap() error { return e.error }

// scrubbing removes the session's secrets from text.
type scrubbing struct{ Session }

// shown is text for a terminal and for the log of a job.
func (s scrubbing) shown(text string) string {
	var b strings.Builder
	w := plain.Hiding(&b, s.Scrub)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func (s scrubbing) text(text string) string {
	var b strings.Builder
	w := s.Scrub(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// showExec prints the output of a failed command that the progress has not shown: of
// one that failed the call or, as output, of one whose failure the module handled.
func (a *App) showExec(s Session, err error) {
	details, ok := execDetails(err)
	if !ok {
		return
	}
	for _, name := range []string{"stdout", "stderr", "output"} {
		if text, _ := details[name].(string); text != "" {
			fmt.Fprintln(a.Stderr, scrubbing{s}.shown(text))
		}
	}
}
