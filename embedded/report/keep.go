package report

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dagger/pipeline/embedded/files"
)

const (
	// keepCalls is how many calls are kept, keepTimes for how many commands their duration is kept.
	keepCalls = 50
	keepTimes = 2000
	// fullBytes is the size at which the file is rewritten, with the last calls that fit in half of it.
	fullBytes = 4 << 20
)

// last is how long a command took when it last ran.
type last struct {
	Seconds float64   `json:"seconds"`
	At      time.Time `json:"at"`
}

// line is a line of a Store's file: a call, or the durations of commands in calls that are no longer kept.
type line struct {
	Call  *Call           `json:"call,omitempty"`
	Times map[string]last `json:"times,omitempty"`
}

// kept is the content of a Store.
type kept struct {
	calls []Call
	times map[string]last
}

// Store is a directory that keeps calls. Calls at the same time may share it.
type Store string

// Keep adds a call as one line at the end of a file, whatever else is in it.
func (s Store) Keep(c Call) error {
	if err := s.keep(c); err != nil {
		return fmt.Errorf("keeping the call for a report: %w", err)
	}
	return nil
}

func (s Store) keep(c Call) error {
	text, err := json.Marshal(line{Call: &c})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return err
	}
	unlock, err := files.Lock(context.Background(), filepath.Join(string(s), "lock"), 0o600, nil)
	if err != nil {
		return err
	}
	defer unlock()
	f, err := os.OpenFile(s.path(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	// A call that was killed while writing has left half a line.
	if _, err := f.Write(slices.Concat([]byte("\n"), text, []byte("\n"))); err != nil {
		return err
	}
	if info, err := f.Stat(); err != nil || info.Size() < fullBytes {
		return err
	}
	return s.shorten()
}

// shorten rewrites the file, with the last calls and times.
func (s Store) shorten() error {
	k, err := s.read(false)
	if err != nil {
		return err
	}
	times, err := json.Marshal(line{Times: k.times})
	if err != nil {
		return err
	}
	lines, room := [][]byte{}, fullBytes/2
	for _, c := range slices.Backward(k.calls) {
		text, err := json.Marshal(line{Call: &c})
		if err != nil {
			return err
		}
		if room -= len(text); room < 0 {
			break
		}
		lines = append(lines, text)
	}
	slices.Reverse(lines)
	text := bytes.Join(append([][]byte{times}, lines...), []byte("\n"))
	return files.Write(s.path(), append(text, '\n'), 0o600)
}

// add adds a call, and learns from it how long commands take. If told asks for it, the call records how long its
// reused commands took when they last ran.
func (k *kept) add(c Call, told bool) {
	for i, step := range c.Steps {
		if step.Work == "" {
			continue
		}
		if !step.Cached {
			if !step.Failed {
				k.times[step.Work] = last{step.Seconds, c.Started}
			}
			continue
		}
		if t, ok := k.times[step.Work]; ok {
			if told {
				c.Steps[i].Saved, c.Steps[i].Known = t.Seconds, true
			}
			k.times[step.Work] = last{t.Seconds, c.Started} // still of use
		}
	}
	k.calls = append(k.calls, c)
}

// forget drops the oldest calls, and the commands that have not been seen for longest.
func (k *kept) forget() {
	k.calls = k.calls[max(0, len(k.calls)-keepCalls):]
	over := len(k.times) - keepTimes
	if over <= 0 {
		return
	}
	var names []string
	for name := range k.times {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return k.times[a].At.Compare(k.times[b].At) })
	for _, name := range names[:over] {
		delete(k.times, name)
	}
}

// Last returns the last calls, oldest first, with what reuse saved in them.
func (s Store) Last() ([]Call, error) {
	k, err := s.read(true)
	if err != nil {
		return nil, fmt.Errorf("reading the last calls: %w", err)
	}
	if len(k.calls) == 0 {
		return nil, errors.New("reading the last calls: there was none on the embedded engine: run one first; Dagger's engine tells only its own client what commands took, see its trace")
	}
	return k.calls, nil
}

// read reads everything; invalid lines are left out.
func (s Store) read(told bool) (kept, error) {
	k := kept{times: map[string]last{}}
	f, err := os.Open(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for {
		text, err := r.ReadBytes('\n')
		var l line
		if json.Unmarshal(text, &l) == nil {
			for work, t := range l.Times {
				k.times[work] = t
			}
			if l.Call != nil {
				k.add(*l.Call, told)
			}
		}
		if errors.Is(err, io.EOF) {
			k.forget()
			return k, nil
		}
		if err != nil {
			return k, err
		}
	}
}

func (s Store) path() string { return filepath.Join(string(s), "calls.jsonl") }
