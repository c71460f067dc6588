package steps

import (
	"errors"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
)

// A saved plan is applied as it was reviewed, or refused before anything runs.
func TestSavedPlanIsRefused(t *testing.T) {
	w := stateWorkspace(awstest.NewFake(t))
	plan, key := dag.Directory().File("plan.age"), dag.SetSecret("plan-key", "AGE-SECRET-KEY-1")
	two := Roots{w, w}
	two[0].Infra, two[1].Infra = "network", "service"
	if text, err := two.Deploy(t.Context(), plan, key); err == nil || !strings.Contains(err.Error(), "network, service") || !strings.Contains(err.Error(), "--infra") {
		t.Errorf("of two root modules: %q, %v", text, err)
	}
	if text, err := (Deploy{Workspace: w, Plan: plan}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "--plan-key") {
		t.Errorf("without a key: %q, %v", text, err)
	}
	if text, err := (Roots{w}).Deploy(t.Context(), plan, key); err != nil || text != "mr-7: done" {
		t.Errorf("with all it needs: %q, %v", text, err)
	}
}

// A root module that fails stops those after it, and the error says what was done.
func TestRootModulesAreDeployedInTheirOrder(t *testing.T) {
	good := stateWorkspace(awstest.NewFake(t))
	bad, last := good, good
	good.Environment, bad.Environment, last.Environment = "mr-7", "mr-8", "mr-9"
	bad.Refused = errors.New("two backends")
	text, err := Roots{good, bad, last}.Deploy(t.Context(), nil, nil)
	if err == nil || text != "" || !strings.Contains(err.Error(), "two backends") {
		t.Fatalf("got %q, %v", text, err)
	}
	if want := "infra: mr-7: done; infra: not run"; !strings.Contains(err.Error(), want) {
		t.Errorf("no %q in %v", want, err)
	}
	if text, err = (Roots{good, last}).Deploy(t.Context(), nil, nil); err != nil || text != "infra: mr-7: done\ninfra: mr-9: done" {
		t.Errorf("got %q, %v", text, err)
	}
}
