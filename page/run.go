// Package page renders what a run of the pipeline came to, as one page of HTML that asks nobody for anything.
package page

import (
	"time"

	"dagger/pipeline/printable"
)

// Name is what others have named: a test, a branch, a resource, a command. It is shown on one line, cut, with the
// characters visible that are not to be seen. In the JSON too.
type Name string

const longestName = 300

func (n Name) String() string { return printable.Line(string(n), longestName, "") }

// MarshalText makes the JSON of a run have the name as it is shown.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Run is what a page tells, and as JSON what it is made of. What is not known is empty: the page says so.
type Run struct {
	Environment Name      `json:"environment,omitempty"`
	Commit      Name      `json:"commit,omitempty"`
	Link        Name      `json:"link,omitempty"`
	Address     Name      `json:"address,omitempty"`
	Tests       *Tests    `json:"tests,omitempty"`
	Plans       []Plan    `json:"plans,omitempty"`
	Packages    []Package `json:"packages,omitempty"`
	Engine
}

// Engine is what an engine tells of its calls: what `pipeline report --format json` gives.
type Engine struct {
	// Calls are those of the run, the oldest first, and Earlier those before, without their steps.
	Calls    []Call    `json:"calls,omitempty"`
	Earlier  []Call    `json:"earlier,omitempty"`
	Space    *Space    `json:"space,omitempty"`
	Versions []Version `json:"versions,omitempty"`
}

// Call is one call of the pipeline. Times are in seconds.
type Call struct {
	Function Name      `json:"function"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Ran      int       `json:"ran"`
	Reused   int       `json:"reused"`
	// Saved is how long the reused commands took when they last ran; of Unknown of them that is not known.
	Saved   float64 `json:"saved_seconds"`
	Unknown int     `json:"unknown"`
	Failed  bool    `json:"failed,omitempty"`
	Steps   []Step  `json:"steps,omitempty"`
}

// Step is a command in a container, or something that the engine fetched or moved for one.
type Step struct {
	Name Name `json:"name"`
	// Kind is command, image (taken from a registry) or transfer.
	Kind string `json:"kind"`
	// Start is counted from the start of the call.
	Start   float64 `json:"start"`
	Seconds float64 `json:"seconds"`
	Cached  bool    `json:"cached"`
	// Saved is how long it took when it last ran, where it was cached and that is known.
	Saved  float64 `json:"saved,omitempty"`
	Known  bool    `json:"known,omitempty"`
	Failed bool    `json:"failed,omitempty"`
	Bytes  int64   `json:"bytes,omitempty"`
}

// Tests are the results of the tests; coverage is in percent, and Before that of the target branch.
type Tests struct {
	Total    int      `json:"total"`
	Failed   int      `json:"failed"`
	Skipped  int      `json:"skipped"`
	Seconds  float64  `json:"seconds"`
	Coverage *float64 `json:"coverage,omitempty"`
	Before   *float64 `json:"coverage_before,omitempty"`
	Cases    []Case   `json:"cases"`
}

// Case is a test. Result is passed, failed or skipped.
type Case struct {
	Name    Name    `json:"name"`
	Result  string  `json:"result"`
	Seconds float64 `json:"seconds"`
}

// Plan is what a deployment changes, of one root module.
type Plan struct {
	Root    Name     `json:"root"`
	Counts  string   `json:"counts"`
	Changes []Change `json:"changes"`
}

// Change is what is done to a resource or an output.
type Change struct {
	Action string `json:"action"`
	Name   Name   `json:"name"`
	From   Name   `json:"from,omitempty"`
}

// Package is an artifact, Before its size on the target branch.
type Package struct {
	Name   Name `json:"name"`
	Bytes  int  `json:"bytes"`
	Before *int `json:"before,omitempty"`
}

// Space is what the engine keeps for reuse.
type Space struct {
	Bytes   int64 `json:"bytes"`
	Records int   `json:"records"`
}

// Version is what something was, of which the run was made.
type Version struct {
	Name  Name `json:"name"`
	Value Name `json:"value"`
}
