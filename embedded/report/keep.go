package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dagger/pipeline/embedded/files"
)

const (
	// keepCalls is how many calls are kept, keepTimes of how many commands it is known what they took.
	keepCalls = 100
	keepTimes = 2000
)

// last is what a command took when it last ran.
type last struct {
	Seconds float64   `json:"seconds"`
	At      time.Time `json:"at"`
}

// kept is the file of a Store.
type kept struct {
	Calls []Call          `json:"calls"`
	Times map[string]last `json:"times"`
}

// Store is a directory that keeps calls. Calls at the same time may share it.
type Store string

// Keep adds a call, with what its reused commands took when they last ran.
func (s Store) Keep(c Call) error {
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return fmt.Errorf("keeping the call for a report: %w", err)
	}
	unlock, err := files.Lock(context.Background(), filepath.Join(string(s), "lock"), 0o600, nil)
	if err != nil {
		return fmt.Errorf("keeping the call for a report: %w", err)
	}
	defer unlock()
	k, err := s.read()
	if err != nil {
		k = kept{Times: map[string]last{}} // a file that cannot be read is begun anew
	}
	k.add(c)
	data, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("keeping the call for a report: %w", err)
	}
	if err := files.Write(s.path(), data, 0o600); err != nil {
		return fmt.Errorf("keeping the call for a report: %w", err)
	}
	return nil
}

func (k *kept) add(c Call) {
	for i, step := range c.Steps {
		if step.Work == "" {
			continue
		}
		if !step.Cached {
			if !step.Failed {
				k.Times[step.Work] = last{step.Seconds, c.Started}
			}
			continue
		}
		if t, ok := k.Times[step.Work]; ok {
			c.Steps[i].Saved, c.Steps[i].Known = t.Seconds, true
			k.Times[step.Work] = last{t.Seconds, c.Started} // still of use
		}
	}
	k.Calls = append(k.Calls, c)
	k.Calls = k.Calls[max(0, len(k.Calls)-keepCalls):]
	k.forget()
}

// forget drops the commands that were not met for longest.
func (k *kept) forget() {
	over := len(k.Times) - keepTimes
	if over <= 0 {
		return
	}
	var names []string
	for name := range k.Times {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return k.Times[a].At.Compare(k.Times[b].At) })
	for _, name := range names[:over] {
		delete(k.Times, name)
	}
}

// Last returns the last n calls, the oldest first.
func (s Store) Last(n int) ([]Call, error) {
	k, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("reading the last calls: %w", err)
	}
	if len(k.Calls) == 0 {
		return nil, errors.New("reading the last calls: there was none on the embedded engine: run one first; Dagger's engine tells only its own client what commands took, see its trace")
	}
	return k.Calls[max(0, len(k.Calls)-n):], nil
}

func (s Store) read() (kept, error) {
	k := kept{Times: map[string]last{}}
	data, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(data, &k); err != nil {
		return k, fmt.Errorf("%w: remove %q", err, s.path())
	}
	if k.Times == nil {
		k.Times = map[string]last{}
	}
	return k, nil
}

func (s Store) path() string { return filepath.Join(string(s), "calls.json") }
