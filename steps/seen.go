package steps

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"time"

	"dagger/pipeline/note"
	"dagger/pipeline/registry"
)

// Seen collects what the steps of a call report for a note. A nil one collects nothing.
type Seen struct {
	start time.Time

	mutex    sync.Mutex
	reports  *note.Tests
	packages Package
	plans    []note.Plan
	address  string
}

func (s *Seen) take(f func()) {
	if s == nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	f()
}

func (s *Seen) tests(junit string, cobertura ...string) {
	s.take(func() { s.reports = testsOf(junit, cobertura, s.start) })
}
func (s *Seen) built(p Package)        { s.take(func() { s.packages = p }) }
func (s *Seen) plan(p note.Plan)       { s.take(func() { s.plans = append(s.plans, p) }) }
func (s *Seen) deployed(stdout string) { s.take(func() { s.address = urlOf(stdout) }) }

// note is what is known when the parts have ended.
func (s *Seen) note(ctx context.Context, r *Run) (n note.Note) {
	s.take(func() {
		n.Tests, n.Plans, n.Address, n.Took = s.reports, s.plans, s.address, time.Since(s.start)
		n.Packages, _ = s.packages.sizes(ctx) // they were asked for before: the answer is there
	})
	if r.address() != "" {
		for _, image := range []struct {
			name  string
			found registry.Lookup
		}{{"app", r.app.value.Found}, {"terraform", r.terraform.value.Found}} {
			if image.found.State != "" {
				n.Images = append(n.Images, note.Image{Name: image.name, From: fromWhere(image.found)})
			}
		}
	}
	return n
}

// fromWhere is the repository that an image was found in, "" for none.
func fromWhere(found registry.Lookup) string {
	if found.State != registry.Found {
		return ""
	}
	repository, _, _ := strings.Cut(found.Pinned(), "@")
	return repository
}

// output is a line on which apply says the output that is named url.
var output = regexp.MustCompile(`(?m)^url = (".*")$`)

// urlOf is the address of an environment, from what apply printed: its outputs are
// last.
func urlOf(stdout string) (url string) {
	_, outputs, found := strings.Cut(stdout, "\nOutputs:\n")
	if m := output.FindStringSubmatch(outputs); found && m != nil && json.Unmarshal([]byte(m[1]), &url) != nil {
		return ""
	}
	return url
}

// testsOf are the results in the reports of the tests, nil where there are none.
// What they say that it ran before start was reused.
func testsOf(junitXML string, coberturaXML []string, start time.Time) *note.Tests {
	report := parseJUnit(junitXML)
	if len(report) == 0 {
		return nil
	}
	t := &note.Tests{Failures: report.failed()}
	t.Failed = len(t.Failures)
	var took float64
	for _, s := range report {
		t.Total += s.Tests
		t.Skipped += s.Skipped
		took += s.Time
		// One without a zone may be of any.
		if began, err := time.Parse(time.RFC3339, s.Timestamp); err == nil && began.Before(start) {
			t.Reused = true
		}
	}
	t.Took = time.Duration(took * float64(time.Second))
	t.Coverage = coverage(coberturaXML)
	return t
}
