package run

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"
)

// eventually polls until ok, and fails the test after limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s: not within %s", what, limit)
		}
	}
}

// sameCounts checks the report for the merge request against terraform's own words.
func sameCounts(t *testing.T, p *pipeline) {
	t.Helper()
	var counts struct{ Create, Update, Delete int }
	if err := json.Unmarshal(p.artifact(t, "plan", "pipeline-results/plan/plan.json"), &counts); err != nil {
		t.Fatal(err)
	}
	words := fmt.Sprintf("Plan: %d to add, %d to change, %d to destroy.", counts.Create, counts.Update, counts.Delete)
	if text := string(p.artifact(t, "plan", "pipeline-results/plan/plan.txt")); !strings.Contains(text, words) {
		t.Errorf("the report counts %+v, terraform says otherwise:\n%s", counts, text)
	}
}

type counts struct{ Tests, Failures int }

// reports reads the reports where GitLab does.
func reports(t *testing.T, p *pipeline, job string) (counts, struct {
	Rate float64 `xml:"line-rate,attr"`
}) {
	t.Helper()
	var junit struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(p.artifact(t, job, "pipeline-results/reports/junit.xml"), &junit); err != nil || len(junit.Suites) != 1 {
		t.Fatalf("reading JUnit: %v: %+v", err, junit)
	}
	var cobertura struct {
		Rate float64 `xml:"line-rate,attr"`
	}
	if err := xml.Unmarshal(p.artifact(t, job, "pipeline-results/reports/coverage.xml"), &cobertura); err != nil {
		t.Fatalf("reading Cobertura: %v", err)
	}
	return counts{junit.Suites[0].Tests, junit.Suites[0].Failures}, cobertura
}

// resources are those in the state of an environment.
func resources(t *testing.T, environment string) []any {
	t.Helper()
	text, exists := world.Object(t, key(environment))
	if !exists {
		return nil
	}
	var state struct{ Resources []any }
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	return state.Resources
}
