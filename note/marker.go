package note

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
)

// Marker is the invisible first line of a note: what the note is about, and
// which pipeline wrote it.
type Marker struct {
	Project, Environment string
	// Pipeline is the number of the pipeline: newer pipelines have higher numbers.
	Pipeline int64
	// Commit is the head of the merge request that the pipeline was for.
	Commit string
}

var markerForm = regexp.MustCompile(`^<!-- pipeline note: project=(\S+) environment=(\S+) pipeline=([0-9]{1,18}) commit=([0-9a-f]*) -->\r?\n`)

// String is the line. Names are escaped as in a URL query, so nothing in them
// can end it.
func (m Marker) String() string {
	return fmt.Sprintf("<!-- pipeline note: project=%s environment=%s pipeline=%d commit=%s -->\n",
		url.QueryEscape(m.Project), url.QueryEscape(m.Environment), m.Pipeline, notHex.ReplaceAllString(m.Commit, ""))
}

var notHex = regexp.MustCompile(`[^0-9a-f]`)

// same reports whether a note's text is about the same project and environment,
// and returns its marker.
func (m Marker) same(body string) (Marker, bool) {
	found := markerForm.FindStringSubmatch(body)
	if found == nil || found[1] != url.QueryEscape(m.Project) || found[2] != url.QueryEscape(m.Environment) {
		return Marker{}, false
	}
	pipeline, err := strconv.ParseInt(found[3], 10, 64)
	return Marker{Project: m.Project, Environment: m.Environment, Pipeline: pipeline, Commit: found[4]}, err == nil
}
