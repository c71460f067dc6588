package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// valuesDir has the values for journal.sh and make-plan.sh.
const valuesDir = "/run/secrets/values"

// secretValues makes a secret of each value of the secret variables, in the forms
// that Terraform prints it in, so that it is masked wherever it does; as one, their file's text would be
// masked only where all of it stands. journal.sh looks for them, too.
func (w Workspace) secretValues(ctx context.Context) (dagger.WithContainerFunc, error) {
	var texts []string
	if w.Variables != nil {
		text, err := plain(ctx, "--terraform-variables", w.Variables)
		if err != nil {
			return nil, err
		}
		texts = rootmodule.Texts(text)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Secrets)) {
		text, err := w.Secrets[name].Plaintext(ctx)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
		if strings.HasPrefix(name, "TF_VAR_") { // a list or a map has more than one
			texts = append(texts, rootmodule.Texts("value = "+text)...)
		}
	}
	var values []*dagger.Secret
	forms, short := maskForms(texts)
	for i, form := range forms {
		values = append(values, dag.SetSecret(fmt.Sprintf("terraform-variable-%d", i+1), form))
	}
	if short > 0 {
		tell.Once(fmt.Sprintf("not masked, because shorter than %d characters: %s of the secret variables", shortestValue, printable.Count(short, "value")))
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
