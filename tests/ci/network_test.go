package ci

import (
	"slices"
	"testing"

	"dagger/pipeline/tests/ci/component"
)

// With the runner's role, terraform's jobs are on the machine's network, where the role is; a job that
// runs what a merge request brings, its tests or its build, is not.
func TestTestsDoNotReachTheRunnersRole(t *testing.T) {
	onNetwork := []string{"deploy-production", "deploy-staging", "destroy-merge-request", "merge-request", "plan"}
	c := config(t, map[string]any{"state_bucket": "states", "engine": "embedded", "aws": "runner"})
	for _, name := range c.Jobs() {
		got, want := component.At(job(c, name), "variables", "PIPELINE_NETWORK") == "host", slices.Contains(onNetwork, name)
		if got != want {
			t.Errorf("%s is on the machine's network: %v, want %v", name, got, want)
		}
	}
}
