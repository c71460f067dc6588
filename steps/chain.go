package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"dagger/pipeline/ci"
	"dagger/pipeline/note"
	"dagger/pipeline/printable"
	"dagger/pipeline/tell"
)

// Chain is a whole pipeline in one call. Parts that do not wait for others run at
// the same time; a failed part stops only the parts that depend on it.
type Chain struct {
	Parts []Part
	// Sections folds each part's text in a GitLab job log.
	Sections bool
	// Link is the URL of the run; empty if there is none.
	Link string
	// Ended, if not nil, gets all parts, even if some have failed.
	Ended func(ctx context.Context, parts []note.Part)
}

// Part is one part of a chain.
type Part struct {
	Name string
	// After are the parts that must have succeeded. They come earlier.
	After []string
	// Run returns the part's text. Its last line is its summary.
	Run func(ctx context.Context) (string, error)
}

// outcome is what became of a part.
type outcome struct {
	part       Part
	text       string
	err        error
	waits      string // the part that it waited for in vain
	start, end time.Time
	done       chan struct{}
}

// Run runs the parts. It returns each part's text and a summary, or the error
// of the first part that failed, with the results of the others.
func (c Chain) Run(ctx context.Context) (string, error) {
	outcomes := map[string]*outcome{}
	var order []*outcome
	for _, p := range c.Parts {
		o := &outcome{part: p, done: make(chan struct{})}
		outcomes[p.Name] = o
		order = append(order, o)
	}
	var all sync.WaitGroup
	for _, o := range order {
		all.Go(func() {
			defer close(o.done)
			for _, name := range o.part.After {
				before := outcomes[name]
				<-before.done
				if before.err != nil || before.waits != "" {
					o.waits = name
					return
				}
			}
			o.start = time.Now()
			o.text, o.err = o.part.Run(ctx)
			o.end = time.Now()
			tell.Line(o.line())
		})
	}
	all.Wait()
	if c.Ended != nil {
		c.Ended(ctx, forNote(order))
	}
	for _, o := range order {
		if o.err != nil {
			return "", withNote(o.err, others(order, o))
		}
	}
	return c.report(order), nil
}

// forNote are the parts as a note has them.
func forNote(order []*outcome) (parts []note.Part) {
	for _, o := range order {
		parts = append(parts, note.Part{Name: o.part.Name, Result: o.result(), Took: o.end.Sub(o.start), Said: o.summary()})
	}
	return parts
}

func (o *outcome) result() string {
	switch {
	case o.waits != "":
		return "not run"
	case o.err != nil:
		return "failed"
	}
	return "ok"
}

// summary is the last line that the part said.
func (o *outcome) summary() string {
	var api *gqlerror.Error
	switch {
	case errors.As(o.err, &api):
		return api.Message
	case o.err != nil:
		return o.err.Error()
	}
	return tell.LastLine(o.text, "done")
}

func (o *outcome) line() string {
	return printable.String(fmt.Sprintf("%s: %s (%s): %s", o.part.Name, o.result(), duration(o), o.summary()))
}

func duration(o *outcome) string {
	return fmt.Sprintf("%.1f s", o.end.Sub(o.start).Seconds())
}

// others tells what became of the parts besides the one that failed.
func others(order []*outcome, failed *outcome) string {
	var parts []string
	for _, o := range order {
		if o != failed {
			parts = append(parts, o.part.Name+" "+o.result())
		}
	}
	return strings.Join(parts, ", ")
}

// withNote puts a note behind an error's message and keeps its exit code.
func withNote(err error, note string) error { return tell.Errorf("%w (%s)", err, note) }

// report is each part's text, and a table of all.
func (c Chain) report(order []*outcome) string {
	var b strings.Builder
	for _, o := range order {
		if c.Sections {
			b.WriteString(ci.SectionStart(o.part.Name, o.line(), o.start))
		} else {
			b.WriteString(o.part.Name + "\n")
		}
		for line := range strings.SplitSeq(strings.TrimSpace(printable.String(o.text)), "\n") {
			b.WriteString("  " + line + "\n")
		}
		if c.Sections {
			b.WriteString(ci.SectionEnd(o.part.Name, o.end))
		}
	}
	b.WriteString("\n")
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, o := range order {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.part.Name, o.result(), duration(o), printable.String(o.summary()))
	}
	w.Flush()
	if c.Link != "" {
		b.WriteString(c.Link + "\n")
	}
	return b.String()
}
