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

// Labels of the image that holds a result. They are in its configuration, which the
// image's digest covers: they can be read and checked without the files.
const (
	keyLabel     = "pipeline.result"
	madeLabel    = "pipeline.result.made"
	summaryLabel = "pipeline.result.summary"
	pathsLabel   = "pipeline.result.paths"
)

// Record is the metadata of a result.
type Record struct {
	Key string
	// Made is when the step ended.
	Made time.Time
	// Summary is the line that the step returns.
	Summary string
	// Paths are the files of a package, in order.
	Paths []string
}

// longest is the maximum size of a summary, in bytes.
const longest = 4 << 10

// Labels encodes the record as labels.
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

// Read returns the record of an image found under a key. Whoever pushes the image
// writes its labels, so they are checked: the error says why a record is not used.
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
		return r, fmt.Errorf("its summary is not a line of text")
	}
	if json.Unmarshal([]byte(labels[pathsLabel]), &r.Paths) != nil || slices.ContainsFunc(r.Paths, leaves) {
		return r, fmt.Errorf("its list of files is none")
	}
	return r, nil
}

// leaves reports whether a path is not one of a file in a directory.
func leaves(name string) bool {
	return name == "" || name == "." || name != path.Clean(name) || path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../")
}

// line is a summary as it is stored: one line of text, of limited length.
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
