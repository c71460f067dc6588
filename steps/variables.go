package steps

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/tell"
)

// variableArgs are the arguments that give the root module's variables, from
// the weakest to the strongest: those of the project's table, the environment's
// files, the secret ones, and what the call says. The environment's name is the
// last: no file gives two environments one name.
func (w Workspace) variableArgs(ctx context.Context) ([]string, error) {
	args := w.Options.args()
	given := w.givenSecretly(ctx)
	for _, name := range slices.Sorted(maps.Keys(w.Settings.Variables)) {
		if _, ok := w.Module.Variables[name]; !ok {
			ofAnother, err := w.ofAnother(ctx, func(m rootmodule.Module) (bool, error) { _, ok := m.Variables[name]; return ok, nil })
			if ofAnother {
				continue
			}
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("giving the variables of %q: it declares no variable %q: take it out of the variables in %s", w.Infra, name, settingsTable)
		}
		if err := w.checkOwnWord(name); err != nil {
			return nil, err
		}
		given[name] = true
		args = append(args, "-var="+name+"="+strings.ReplaceAll(w.Settings.Variables[name], environmentMark, w.Environment))
	}
	for _, file := range w.Settings.VariableFiles.For(w.Environment) {
		name := path.Join(w.Infra, file)
		there, err := w.Source.Exists(ctx, name)
		if err != nil {
			return nil, err
		}
		if !there {
			ofAnother, err := w.ofAnother(ctx, func(m rootmodule.Module) (bool, error) { return w.Source.Exists(ctx, path.Join(m.Path, file)) })
			if ofAnother {
				continue
			}
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("giving the variables of %q: no file %q for the environment %q: add it, or change variable-files in %s", w.Infra, name, w.Environment, settingsTable)
		}
		text, err := w.Source.File(name).Contents(ctx)
		if err != nil {
			return nil, err
		}
		values := rootmodule.Values(name, []byte(text))
		for variable := range values {
			given[variable] = true
		}
		w.tellName(name, values["environment"])
		args = append(args, "-var-file="+file)
	}
	if err := w.checkStage(given); err != nil {
		return nil, err
	}
	source := images.Files(ctx, w.Source)
	if err := w.checkValues(source, given); err != nil {
		return nil, err
	}
	for _, line := range w.passedElsewhere(source, given) {
		tell.Once(line)
	}
	w.tellName(path.Join(w.Infra, w.Module.Values["environment"].File), w.Module.Values["environment"].Text)
	if w.Variables != nil {
		args = append(args, "-var-file="+w.variablesPath())
	}
	if w.RegionAsked {
		args = append(args, w.variable("region", w.AWS.Region)...)
	}
	args = append(args, w.variable(w.Image.Variable, w.Image.value())...)
	return append(args, w.variable("environment", w.Environment)...), nil
}

// ofAnother tells whether something that the table says of all root modules is for
// another one of them: that has it, or is not in the source, which may be a part.
func (w Workspace) ofAnother(ctx context.Context, has func(rootmodule.Module) (bool, error)) (bool, error) {
	for _, root := range w.Settings.Roots {
		if path.Clean(root) == w.Root {
			continue
		}
		m, there, err := w.other(ctx, root)
		found := !there
		if err == nil && there {
			found, err = has(m)
		}
		if err != nil || found {
			return found && err == nil, err
		}
	}
	return false, nil
}

// takes tells whether the root module declares a variable that the pipeline gives. One
// of that name which takes no text means something else.
func (w Workspace) takes(name string) bool {
	v, declared := w.Module.Variables[name]
	return declared && v.Type == ""
}

// pipelines are the names of variables that the pipeline gives a text.
var pipelines = []string{"environment", "artifact", "aws_endpoint", "region"}

// withoutOthers takes the pipeline's values from variables of these names which mean
// something else.
func (w Workspace) withoutOthers(c *dagger.Container) *dagger.Container {
	for _, name := range pipelines {
		if kind := w.Module.Variables[name].Type; kind != "" {
			tell.Once(fmt.Sprintf("%s: the variable %q is %s and takes no text: it means something else than the pipeline's, and is not given", w.Infra, name, kind))
			c = c.WithoutEnvVariable("TF_VAR_" + name)
		}
	}
	return c
}

// variable gives a variable that the root module declares.
func (w Workspace) variable(name, value string) []string {
	if !w.takes(name) {
		return nil
	}
	return []string{"-var=" + name + "=" + value}
}

// tellName says that a file's name of the environment does not count.
func (w Workspace) tellName(file, name string) {
	if name != "" && name != w.Environment {
		tell.Once(fmt.Sprintf("%s: environment = %q does not count: this is %q", file, name, w.Environment))
	}
}

// tellEphemeral lets plan.sh give the variables to apply, where a plan does not hold
// them all.
func (w Workspace) tellEphemeral(c *dagger.Container) *dagger.Container {
	for _, v := range w.Module.Variables {
		if v.Ephemeral {
			return c.WithEnvVariable("PLAN_EPHEMERAL", "1")
		}
	}
	return c
}
