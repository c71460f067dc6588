package results

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/printable"
)

// Labels of the image that a result is kept as. They are in its configuration, whose
// digest is that of the image: they can be read and checked without its files.
const (
	keyLabel     = "pipeline.result"
	madeLabel    = "pipeline.result.made"
	summaryLabel = "pipeline.result.summary"
	pathsLabel   = "pipeline.result.paths"
)

// Record is what is known of a result beside its files.
type Record struct {
	Key string
	// Made is when the step ended.
	Made time.Time
	// Summary is the line that the step gives.
	Summary string
	// Paths are the files of a package, in their order.
	Paths []string
}

// longest is the most bytes of a summary.
const longest = 4 << 10

// Labels are the record as it is written.
func (r Record) Labels() map[string]string {
	paths, err := json.Marshal(append([]string{}, r.Paths...))
	if err != nil {
		panic(err) // texts can be marshalled
	}
	return map[string]string{
		keyLabel:     r.Key,
		madeLabel:    r.Made.UTC().Format(time.RFC3339),
		summaryLabel: line(r.Summary),
		pathsLabel:   string(paths),
	}
}

// aheadOf is how far the clocks of two machines may differ.
const aheadOf = 10 * time.Minute

// Read is the record that an image found under a key has. Labels are written by
// whoever pushes the image: the error says why a record is not used.
func Read(labels map[string]string, key string, now time.Time, maxAge time.Duration) (Record, error) {
	r := Record{Key: labels[keyLabel], Summary: labels[summaryLabel]}
	if r.Key != key {
		return r, fmt.Errorf("it is of other inputs (%q)", printable.String(shorten(r.Key)))
	}
	var err error
	if r.Made, err = time.Parse(time.RFC3339, labels[madeLabel]); err != nil {
		return r, fmt.Errorf("it does not say when it was made")
	}
	switch age := now.Sub(r.Made); {
	case age > maxAge:
		return r, fmt.Errorf("it was made %s ago, more than %s (--results-max-age)", Age(age), Age(maxAge))
	case age < -aheadOf:
		return r, fmt.Errorf("it was made at %s, which is to come", r.Made.UTC().Format(time.RFC3339))
	}
	if r.Summary != line(r.Summary) {
		return r, fmt.Errorf("its summary is no line of text")
	}
	if json.Unmarshal([]byte(labels[pathsLabel]), &r.Paths) != nil || slices.ContainsFunc(r.Paths, leaves) {
		return r, fmt.Errorf("its list of files is none")
	}
	return r, nil
}

// leaves tells whether a path is not one of a file in a directory.
func leaves(name string) bool {
	return name == "" || name == "." || name != path.Clean(name) || path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../")
}

// line is a summary as it is written: one line of text, and not a long one.
func line(summary string) string {
	text := strings.Join(strings.Fields(printable.String(strings.Join(strings.Fields(summary), " "))), " ")
	return strings.ToValidUTF8(text[:min(len(text), longest)], "")
}

func shorten(text string) string {
	if len(text) > 100 {
		return text[:100] + "..."
	}
	return text
}
