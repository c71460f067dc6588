package steps

import (
	"context"
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
	if err := d.checkSaved(ctx); err != nil {
		return nil, err
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
	// movedTo is what apply.sh says of resources that have another address now.
	movedTo = regexp.MustCompile(`(?m)^Moved: (\d+)$`)
	// leftInPlace is what apply.sh says of resources that terraform has forgotten.
	leftInPlace = regexp.MustCompile(`(?m)^Left in place, and no longer in the state: .+$`)
)

// Completed is terraform's count of its changes, from its output, with those that it does
// not count: what it has moved, and what it has forgotten.
func Completed(stdout string) string {
	said := "done"
	if m := completed.FindStringSubmatch(stdout); m != nil {
		said = m[1]
	}
	if m := movedTo.FindStringSubmatch(stdout); m != nil {
		said += ", " + m[1] + " moved"
	}
	if left := leftInPlace.FindString(stdout); left != "" {
		said += ". " + left
	}
	return said
}
