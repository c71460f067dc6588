// Package page renders the result of a pipeline run as one self-contained page of HTML.
package page

import (
	"time"

	"dagger/pipeline/printable"
)

// Name is an untrusted name, of a test, a branch, a resource or a command. It is shown on one line, cut, with
// invisible characters made visible, in the JSON too.
type Name string

const longestName = 300

func (n Name) String() string { return printable.Line(string(n), longestName, "") }

// MarshalText encodes the name as it is shown.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Run is the content of a page, and the form of its JSON. What is not known is empty: the page says so.
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

// Engine is an engine's record of its calls: the output of `pipeline report --format json`.
type Engine struct {
	// Calls are the calls of the run, oldest first; Earlier are those before, without their steps.
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
	// Saved is how long the reused commands took when they last ran, except for the Unknown ones whose time is not known.
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
	// Saved is how long it took when it last ran, if it was cached and that is known.
	Saved  float64 `json:"saved,omitempty"`
	Known  bool    `json:"known,omitempty"`
	Failed bool    `json:"failed,omitempty"`
	Bytes  int64   `json:"bytes,omitempty"`
}

// Tests are the results of the tests; coverage is in percent: that of the first report, of the Others, and Before that
// of the target branch.
type Tests struct {
	Total    int       `json:"total"`
	Failed   int       `json:"failed"`
	Skipped  int       `json:"skipped"`
	Seconds  float64   `json:"seconds"`
	Coverage *float64  `json:"coverage,omitempty"`
	Others   []float64 `json:"coverage_others,omitempty"`
	Before   *float64  `json:"coverage_before,omitempty"`
	Cases    []Case    `json:"cases"`
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

// Version is the version of something that the run used.
type Version struct {
	Name  Name `json:"name"`
	Value Name `json:"value"`
}
