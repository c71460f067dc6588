// Package report reports what reuse saved in the last calls: it keeps how long each command took when it last
// ran, and what each call did.
package report

import (
	"time"
)

// Step is one command in a container, or something that the engine fetched or moved for one.
type Step struct {
	// Name is the command on one line, without secrets.
	Name string `json:"name,omitempty"`
	// Kind is command, service, image (taken from a registry) or transfer.
	Kind string `json:"kind"`
	// Work names what a command does, the same in every call.
	Work string `json:"work,omitempty"`
	// Start is when it began, in seconds from the start of the call, and Seconds how long it ran.
	Start   float64 `json:"start"`
	Seconds float64 `json:"seconds"`
	// Cached is true when the result of an earlier run was used.
	Cached bool `json:"cached"`
	// Saved is how long it took when it last ran, in seconds, if it was cached and that is known.
	Saved float64 `json:"saved,omitempty"`
	// Known reports whether Saved is known.
	Known bool `json:"known,omitempty"`
	// Failed is true when it ended with an error.
	Failed bool `json:"failed,omitempty"`
	// Bytes is what was moved for it.
	Bytes int64 `json:"bytes,omitempty"`
}

// Command is the kind of a command in a container.
const Command = "command"

// Call is one call of the pipeline.
type Call struct {
	// Function is the function that was called, as the command line names it.
	Function string    `json:"function"`
	Started  time.Time `json:"started"`
	// Seconds is how long the call took.
	Seconds float64 `json:"seconds"`
	Failed  bool    `json:"failed,omitempty"`
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
	Unknown int    `json:"unknown"`
	Failed  bool   `json:"failed,omitempty"`
	Steps   []Step `json:"steps,omitempty"`
}

// Space is what the engine keeps for reuse.
type Space struct {
	Bytes   int64 `json:"bytes"`
	Records int   `json:"records"`
}

// Version is the version of something that the calls used.
type Version struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Report is a report on one or more calls. Its JSON has the form of the module's page.Engine.
type Report struct {
	Calls []Sum `json:"calls"`
	// Earlier are the calls before them, in numbers.
	Earlier []Sum `json:"earlier,omitempty"`
	// Space is nil when the engine does not run.
	Space    *Space    `json:"space,omitempty"`
	Versions []Version `json:"versions,omitempty"`
}

// Of sums up the last n calls, and those before.
func Of(calls []Call, n int, space *Space, versions ...Version) Report {
	r := Report{Space: space, Versions: versions, Calls: []Sum{}}
	first := max(0, len(calls)-n)
	for i, c := range calls {
		s := c.sum()
		if i < first {
			s.Steps = nil
			r.Earlier = append(r.Earlier, s)
		} else {
			r.Calls = append(r.Calls, s)
		}
	}
	return r
}

// total is the calls together.
func (r Report) total() Sum {
	total := Sum{Function: "together"}
	for _, s := range r.Calls {
		total.Seconds += s.Seconds
		total.Ran += s.Ran
		total.Reused += s.Reused
		total.Saved += s.Saved
		total.Unknown += s.Unknown
	}
	return total
}

func (c Call) sum() Sum {
	out := Sum{Function: c.Function, Started: c.Started, Seconds: c.Seconds, Failed: c.Failed, Steps: c.Steps}
	for i, s := range c.Steps {
		switch {
		case s.Kind != Command:
		case !s.Cached:
			out.Ran++
		default:
			out.Reused++
			out.Saved += s.Saved
			if !s.Known {
				out.Unknown++
			}
		}
		out.Steps[i].Work = "" // for this machine alone
	}
	return out
}
