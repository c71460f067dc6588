package session

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/progress/progressui"
	digest "github.com/opencontainers/go-digest"

	"dagger/pipeline/embedded/files"
)

// Step is one step of the session as BuildKit reports it.
type Step struct {
	// Name is what was done, as shown in the progress.
	Name string `json:"name"`
	// Exec is true when a command ran, or would have run, in a container.
	Exec bool `json:"exec"`
	// Service is true for a command that serves others, Pull for an image that was taken from a registry.
	Service bool `json:"service,omitempty"`
	Pull    bool `json:"pull,omitempty"`
	// Cached is true when the result of an earlier run was used.
	Cached bool `json:"cached"`
	// Started is when it began, and Seconds how long it ran.
	Started time.Time `json:"started,omitzero"`
	Seconds float64   `json:"seconds"`
	// Bytes is how much was moved for it: layers of an image, files of a local directory.
	Bytes int64 `json:"bytes,omitempty"`
	// Error is why it failed.
	Error string `json:"error,omitempty"`
	// Work identifies what a command does, the same in every session: a hash of it and
	// everything it is built on except the contents of local directories.
	Work string `json:"work,omitempty"`
}

// steps shows the progress of all builds of a session and remembers what ran.
type steps struct {
	in      chan *client.SolveStatus
	display chan *client.SolveStatus
	done    sync.WaitGroup
	feeds   sync.WaitGroup

	mu    sync.Mutex
	order []digest.Digest
	seen  map[digest.Digest]*client.Vertex
	moved map[digest.Digest]*movement
}

// execPrefix starts the progress name of every exec.
const execPrefix = "exec "

// servicePrefix starts that of a service.
const servicePrefix = "service "

// pullPrefix starts that of an image that is taken from a registry.
const pullPrefix = "pull "

func newSteps(mode string, w io.WriteCloser, clean *cleaner) (*steps, error) {
	display, err := newDisplay(mode, w)
	if err != nil {
		return nil, err
	}
	st := &steps{
		in:      make(chan *client.SolveStatus),
		display: make(chan *client.SolveStatus),
		seen:    map[digest.Digest]*client.Vertex{},
		moved:   map[digest.Digest]*movement{},
	}
	st.done.Add(2)
	go func() {
		defer st.done.Done()
		defer close(st.display)
		for status := range st.in {
			clean.status(status)
			st.note(status)
			st.display <- status
		}
	}()
	go func() {
		defer st.done.Done()
		defer w.Close()
		_, _ = display.UpdateFrom(context.Background(), st.display)
		for range st.display { // the display may end early; nobody must block on it
		}
	}()
	return st, nil
}

func newDisplay(mode string, w io.Writer) (progressui.Display, error) {
	switch mode {
	case "", "auto":
		// The terminal itself is needed to draw on it.
		if d, err := progressui.NewDisplay(os.Stderr, progressui.TtyMode); err == nil {
			return d, nil
		}
		return progressui.NewDisplay(w, progressui.PlainMode)
	case "tty":
		return progressui.NewDisplay(os.Stderr, progressui.TtyMode)
	case "plain":
		return progressui.NewDisplay(w, progressui.PlainMode)
	case "quiet":
		return progressui.NewDisplay(w, progressui.QuietMode)
	}
	return progressui.Display{}, fmt.Errorf("unknown progress %q: use auto, plain, tty or quiet", mode)
}

// channel returns one for client.Build to report on; Build closes it.
func (st *steps) channel() chan *client.SolveStatus {
	c := make(chan *client.SolveStatus)
	st.feeds.Add(1)
	go func() {
		defer st.feeds.Done()
		for status := range c {
			st.in <- status
		}
	}()
	return c
}

// wait returns when everything reported has been shown.
func (st *steps) wait() {
	st.feeds.Wait()
	close(st.in)
	st.done.Wait()
}

func (st *steps) note(status *client.SolveStatus) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, v := range status.Vertexes {
		old, ok := st.seen[v.Digest]
		if !ok {
			st.order = append(st.order, v.Digest)
		}
		// A later report of a finished step must not hide that it ran.
		if ok && old.Completed != nil && !old.Cached {
			continue
		}
		st.seen[v.Digest] = v
	}
	for _, m := range status.Statuses {
		if st.moved[m.Vertex] == nil {
			st.moved[m.Vertex] = &movement{bytes: map[string]int64{}}
		}
		st.moved[m.Vertex].note(m)
	}
}

// list returns the steps that started, in the order in which they did. work
// names the work of a command.
func (st *steps) list(work func(digest.Digest) string) []Step {
	st.mu.Lock()
	defer st.mu.Unlock()
	var out []Step
	for _, d := range st.order {
		v := st.seen[d]
		if v.Started == nil && !v.Cached {
			continue
		}
		s := Step{Name: v.Name, Cached: v.Cached, Error: v.Error, Work: work(d)}
		if rest, ok := strings.CutPrefix(v.Name, execPrefix); ok {
			s.Name, s.Exec = rest, true
		}
		s.Service, s.Pull = strings.HasPrefix(v.Name, servicePrefix), strings.HasPrefix(v.Name, pullPrefix)
		if v.Started != nil {
			s.Started = *v.Started
		}
		if v.Started != nil && v.Completed != nil && !v.Cached {
			s.Seconds = v.Completed.Sub(*v.Started).Round(time.Millisecond).Seconds()
		}
		st.moved[d].tell(&s)
		out = append(out, s)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Exec && !out[j].Exec })
	return out
}

func writeSummary(path string, steps []Step) error {
	b, err := json.MarshalIndent(map[string]any{"steps": steps}, "", "  ")
	if err != nil {
		return err
	}
	// The process may be ended at any moment.
	return files.Write(path, append(b, '\n'), 0o644)
}
