// Package report tells what reuse saved in the last calls: it keeps what each command took when it last
// ran, and what each call did.
package report

import (
	"time"
)

// Step is one command in a container.
type Step struct {
	// Work names what it does, the same in every call. The command itself is not kept.
	Work string `json:"work,omitempty"`
	// Cached is true when the result of an earlier run was used.
	Cached bool `json:"cached"`
	// Seconds is how long it ran.
	Seconds float64 `json:"seconds"`
	// Saved is how long it took when it last ran, in seconds, where it was cached and that is known.
	Saved float64 `json:"saved,omitempty"`
	// Known tells whether Saved is known.
	Known bool `json:"known,omitempty"`
	// Failed is true when it ended with an error.
	Failed bool `json:"failed,omitempty"`
}

// Call is one call of the pipeline.
type Call struct {
	// Function is the one that was called, as the command line names it.
	Function string    `json:"function"`
	Started  time.Time `json:"started"`
	// Seconds is how long the call took.
	Seconds float64 `json:"seconds"`
	Steps   []Step  `json:"steps"`
}

// Sum is a call in numbers.
type Sum struct {
	Function string    `json:"function"`
	Started  time.Time `json:"started"`
	// Seconds is how long the call took, Ran and Reused how many commands ran or were reused.
	Seconds float64 `json:"seconds"`
	Ran     int     `json:"ran"`
	Reused  int     `json:"reused"`
	// Saved is how long the reused commands took when they last ran, in seconds. They may have run side by
	// side, so a call without reuse may take less than this in addition.
	Saved float64 `json:"saved_seconds"`
	// Unknown is how many of the reused commands are not in Saved, because the engine ran them before this
	// machine kept times.
	Unknown int `json:"unknown"`
}

// Space is what the engine keeps for reuse.
type Space struct {
	Bytes   int64 `json:"bytes"`
	Records int   `json:"records"`
}

// Report is on one or more calls.
type Report struct {
	Calls []Sum `json:"calls"`
	Total Sum   `json:"total"`
	// Space is nil when the engine does not run.
	Space *Space `json:"space,omitempty"`
}

// Of sums up calls.
func Of(calls []Call, space *Space) Report {
	r := Report{Space: space, Calls: []Sum{}}
	for _, c := range calls {
		s := c.sum()
		r.Calls = append(r.Calls, s)
		r.Total.Seconds += s.Seconds
		r.Total.Ran += s.Ran
		r.Total.Reused += s.Reused
		r.Total.Saved += s.Saved
		r.Total.Unknown += s.Unknown
	}
	if len(calls) > 0 {
		r.Total.Started = calls[0].Started
	}
	return r
}

func (c Call) sum() Sum {
	out := Sum{Function: c.Function, Started: c.Started, Seconds: c.Seconds}
	for _, s := range c.Steps {
		switch {
		case !s.Cached:
			out.Ran++
		default:
			out.Reused++
			out.Saved += s.Saved
			if !s.Known {
				out.Unknown++
			}
		}
	}
	return out
}
