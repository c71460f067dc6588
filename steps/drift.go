package steps

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/tell"
)

// Drift reports what was changed outside of terraform and would be changed back
// by a deployment. It fails with exit code 2 if anything was, and with 1 if
// nothing is deployed.
func Drift(ctx context.Context, w Workspace) (string, error) {
	_, summary, err := Plan{Workspace: w}.run(ctx)
	if err != nil {
		return "", err
	}
	if add, _, _ := summary.Counts(); summary.New && len(summary.Drift) == 0 && add > 0 {
		return "", fmt.Errorf("comparing %s with its state: the state has no resources, and %d would be added: nothing was deployed from it: deploy first, or check --state-bucket and the backend", w.Environment, add)
	}
	drifted := summary.Drifted()
	if len(drifted) == 0 {
		return w.Environment + ": no drift", nil
	}
	return "", tell.Failure(driftFound, []string{"terraform", "plan"},
		w.Environment+" has drifted: "+strings.Join(drifted, ", ")+": deploy again to repair it")
}

// driftFound is the exit code where there is drift: terraform's own for a plan
// with changes.
const driftFound = planChanges
