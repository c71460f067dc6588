package steps

import (
	"context"
	"strings"

	"dagger/pipeline/tell"
)

// Drift tells what was changed outside of terraform and would be changed back
// by a deployment; it fails with exit code 2 when something was.
func Drift(ctx context.Context, w Workspace) (string, error) {
	_, summary, err := Plan{Workspace: w}.run(ctx)
	if err != nil {
		return "", err
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
