package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
)

// shortest is the least number of characters of a value that is kept from view:
// to mask less would take letters out of every word.
const shortest = 4

// valuesDir has the values for journal.sh.
const valuesDir = "/run/secrets/values"

// secretValues makes a secret of each value of the secret variables, so that it
// is masked wherever Terraform prints it; as one, their file's text would be
// masked only where all of it stands. journal.sh looks for them, too.
func (w Workspace) secretValues(ctx context.Context) (dagger.WithContainerFunc, error) {
	if w.Variables == nil {
		return func(c *dagger.Container) *dagger.Container { return c }, nil
	}
	text, err := w.Variables.Plaintext(ctx)
	if err != nil {
		return nil, err
	}
	var values []*dagger.Secret
	short := 0
	for _, value := range rootmodule.Texts(text) {
		if len(value) < shortest {
			short++
			continue
		}
		values = append(values, dag.SetSecret(fmt.Sprintf("terraform-variable-%d", len(values)+1), value))
	}
	if short > 0 {
		images.Tell(fmt.Sprintf("%d values of the secret variables have fewer than %d characters and are not masked", short, shortest))
	}
	return func(c *dagger.Container) *dagger.Container {
		for i, value := range values {
			// A file, which is in memory: a variable would be on the engine's disk while
			// the command runs.
			c = c.WithMountedSecret(fmt.Sprintf("%s/%d", valuesDir, i+1), value)
		}
		return c
	}, nil
}
