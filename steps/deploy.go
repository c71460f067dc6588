package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
)

// Deploy applies the project to an environment.
type Deploy struct {
	Workspace Workspace
	// Plan is a saved plan (plan.age). Without one the deployment is planned and
	// applied in one go.
	Plan *dagger.File
	// Key decrypts the plan, and encrypts a state that cannot be written.
	Key *dagger.Secret
}

// Run returns a line that says what changed. The project's own script is used
// if it has one.
func (d Deploy) Run(ctx context.Context) (string, error) {
	c, err := d.run(ctx)
	if err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	d.Workspace.Seen.deployed(out)
	return d.Workspace.Environment + ": " + printable.String(Completed(out)), err
}

func (d Deploy) run(ctx context.Context) (*dagger.Container, error) {
	w := d.Workspace
	w.Deploys = true
	if d.Plan != nil {
		return d.applySaved(ctx)
	}
	c, found, err := w.script(ctx, applyScript)
	if err != nil || found {
		return c, err
	}
	if err := w.planned(ctx); err != nil {
		return nil, err
	}
	if c, err = w.initialised(ctx); err != nil {
		return nil, err
	}
	variables, err := w.variableArgs(ctx)
	if err != nil {
		return nil, err
	}
	apply := append([]string{"apply.sh", "apply", "-auto-approve", "-lock-timeout=" + w.lockTimeout()}, variables...)
	return w.apply(ctx, c, d.Key, apply, "terraform", "apply")
}

// applySaved applies exactly the saved plan, or refuses.
func (d Deploy) applySaved(ctx context.Context) (*dagger.Container, error) {
	w := d.Workspace
	w.Deploys = true
	if d.Key == nil {
		return nil, errors.New("no key given for the saved plan: give the one that it was made with, --plan-key")
	}
	own, err := w.owns(ctx, applyScript)
	if err != nil {
		return nil, err
	}
	if own {
		return nil, fmt.Errorf("applying the saved plan: the project is deployed by its own scripts/%s, which the plan would bypass: deploy without --plan to run the script, or remove the script to apply plans", applyScript)
	}
	if err := w.planned(ctx); err != nil {
		return nil, err
	}
	c, err := w.initialised(ctx)
	if err != nil {
		return nil, err
	}
	variables, err := w.variableArgs(ctx)
	if err != nil {
		return nil, err
	}
	c = c.WithFile(savedPlan, d.Plan).With(w.tellEphemeral)
	return w.apply(ctx, c, d.Key, append(slices.Clone(applyPlan), variables...), "terraform", "apply")
}

var (
	completed = regexp.MustCompile(`(?m)^(?:Apply|Destroy) complete! Resources: (.+)\.$`)
	// leftInPlace is what apply.sh says of resources that terraform has forgotten.
	leftInPlace = regexp.MustCompile(`(?m)^Left in place, and no longer in the state: .+$`)
)

// Completed is terraform's count of its changes, from its output, and what it has
// forgotten.
func Completed(stdout string) string {
	said := "done"
	if m := completed.FindStringSubmatch(stdout); m != nil {
		said = m[1]
	}
	if left := leftInPlace.FindString(stdout); left != "" {
		said += ". " + left
	}
	return said
}
