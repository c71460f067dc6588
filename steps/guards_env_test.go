package steps

import (
	"context"
	"strings"
	"testing"
)

// An empty owner matches no lock, not even one without a holder.
func TestEmptyOwner(t *testing.T) {
	_, err := Unlock{Owner: " "}.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "--owner") {
		t.Error(err)
	}
}

// Retention refuses to run if it does not know what is deployed.
func TestRetentionKnowsWhatIsDeployed(t *testing.T) {
	server, _ := cloud(t)
	with := settings(server.URL)
	with.StateBucket = nil
	for _, call := range []func(*Run) error{
		func(r *Run) error { _, err := r.PreviewRetention(t.Context(), RetentionRules{}); return err },
		func(r *Run) error { _, err := r.ApplyRetention(t.Context(), RetentionRules{}); return err },
	} {
		if err := call(NewRun(with, "")); err == nil || !strings.Contains(err.Error(), "no state bucket given, and nothing with --deployed") {
			t.Error(err)
		}
	}
}

// A plan that nobody could read, or a state that is not kept, is not what a key was
// given for.
func TestEmptyPlanKey(t *testing.T) {
	server, _ := cloud(t)
	empty := dag.SetSecret("empty", "\n")
	for name, call := range map[string]func(r *Run) error{
		"plan-report": func(r *Run) error { _, err := r.PlanReport(t.Context(), Artifacts{}, empty, Options{}); return err },
		"deploy":      func(r *Run) error { _, err := r.Deploy(t.Context(), Artifacts{}, nil, empty, Options{}); return err },
		"destroy":     func(r *Run) error { _, err := r.Destroy(t.Context(), "", empty); return err },
		"merge-request": func(r *Run) error {
			_, err := r.MergeRequest(t.Context(), Chained{Key: empty})
			return err
		},
	} {
		with := settings(server.URL)
		with.Trust = "open"
		if err := call(NewRun(with, "mr-7")); err == nil || !strings.Contains(err.Error(), "reading --plan-key: it is given and empty") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Lists that are flags of one verb are guards too: what is open, deployed or kept.
func TestEmptyLists(t *testing.T) {
	r := NewRun(Settings{}, "")
	ctx := context.Background()
	for _, list := range [][]string{{}, {""}, {"7", " "}} {
		for flag, call := range map[string]func() error{
			"--open":     func() error { _, err := OpenMergeRequests(ctx, list, nil, "group/project"); return err },
			"--deployed": func() error { _, err := r.PreviewRetention(ctx, RetentionRules{Deployed: list}); return err },
			"--keep":     func() error { _, err := r.ApplyRetention(ctx, RetentionRules{Keep: list}); return err },
			"--command":  func() error { _, err := r.Scan(ctx, nil, list); return err },
			"--tag":      func() error { _, err := PublishTags(ctx, list, nil); return err },
			"--releases": func() error { _, err := r.ApplyRetention(ctx, RetentionRules{Releases: list}); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), "reading "+flag+": it is given and empty") {
				t.Errorf("%s %q: %v", flag, list, err)
			}
		}
	}
}
