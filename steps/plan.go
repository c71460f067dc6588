package steps

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// planChanges is terraform's exit code for a plan that changes something.
const planChanges = 2

// Plan prints what a deployment would change, and the counts as its last line.
func Plan(ctx context.Context, w Workspace) (string, error) {
	c, err := w.initialised(ctx)
	if err != nil {
		return "", err
	}
	c = c.WithExec([]string{"terraform", "plan", "-no-color", "-detailed-exitcode", "-lock-timeout=" + lockTimeout}, anyExit)
	code, err := c.ExitCode(ctx)
	if err != nil {
		return "", err
	}
	if code != planChanges {
		if err := check(ctx, c, []string{"terraform", "plan"}, w.explain); err != nil {
			return "", err
		}
	}
	out, err := c.Stdout(ctx)
	if err != nil {
		return "", err
	}
	return PlanText(out), nil
}

var planCounts = regexp.MustCompile(`(?m)^Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy\.`)

// PlanText keeps of terraform's output what a reviewer needs: the actions, not
// the refreshing, and a last line with the counts.
func PlanText(stdout string) string {
	counts := "plan: 0 to add, 0 to change, 0 to destroy"
	if m := planCounts.FindStringSubmatch(stdout); m != nil {
		counts = fmt.Sprintf("plan: %s to add, %s to change, %s to destroy", m[1], m[2], m[3])
	}
	var kept []string
	for _, line := range strings.Split(stdout, "\n") {
		if strings.Contains(line, ": Refreshing state...") || strings.Contains(line, ": Reading...") || strings.Contains(line, ": Read complete after") {
			continue
		}
		kept = append(kept, line)
	}
	text, _, _ := strings.Cut(strings.Join(kept, "\n"), "\n─────")
	return strings.TrimSpace(text) + "\n\n" + counts
}
