package steps

import (
	"context"
	"errors"
	"regexp"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
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
// where it has one.
func (d Deploy) Run(ctx context.Context) (string, error) {
	c, err := d.run(ctx)
	if err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	return d.Workspace.Environment + ": " + Completed(out), err
}

func (d Deploy) run(ctx context.Context) (*dagger.Container, error) {
	w := d.Workspace
	if d.Plan != nil {
		return d.applySaved(ctx)
	}
	c, found, err := w.script(ctx, "terraform_apply.sh")
	if err != nil || found {
		return c, err
	}
	if c, err = w.initialised(ctx); err != nil {
		return nil, err
	}
	apply := []string{"apply.sh", "apply", "-no-color", "-auto-approve", "-lock-timeout=" + w.lockTimeout()}
	return w.apply(ctx, c, d.Key, apply, "terraform", "apply")
}

// applySaved applies exactly the saved plan, or refuses.
func (d Deploy) applySaved(ctx context.Context) (*dagger.Container, error) {
	w := d.Workspace
	if d.Key == nil {
		return nil, errors.New("no key given for the saved plan: give the one that it was made with, --plan-key")
	}
	c, err := w.initialised(ctx)
	if err != nil {
		return nil, err
	}
	c = c.WithFile(images.Workdir+"/"+planBundle, d.Plan)
	return w.apply(ctx, c, d.Key, applyPlan, "terraform", "apply")
}

var completed = regexp.MustCompile(`(?m)^(?:Apply|Destroy) complete! Resources: (.+)\.$`)

// Completed is terraform's count of what it did, from its output.
func Completed(stdout string) string {
	if m := completed.FindStringSubmatch(stdout); m != nil {
		return m[1]
	}
	return "done"
}
