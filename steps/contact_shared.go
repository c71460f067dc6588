package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// checkNew is for an environment that has nothing yet: what it is about to make may be
// another one's.
func (w Workspace) checkNew(ctx context.Context, others siblings, own state.Object, account string) error {
	if err := w.sameResources(ctx, others, account); err != nil {
		return err
	}
	return w.checkFixed(ctx, others, own, account)
}

// sameResources refuses a second environment of a root module that cannot tell
// environments apart: AWS gives what is there already to whoever makes a queue or
// a topic of the same name, and to destroy the one would delete the other's.
func (w Workspace) sameResources(ctx context.Context, others siblings, account string) error {
	if w.Ends {
		return nil
	}
	if apart, err := w.namesApart(ctx); err != nil || apart {
		return err
	}
	all, err := others(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.root != w.Root || w.Settings.VariableFiles.Differ(w.Environment, s.environment) || w.chosenApart(s.environment) {
			continue
		}
		there, err := s.read(ctx)
		if err == nil && (!there.Exists || there.Moved != "" || there.Known && len(there.Addresses) == 0 || w.elsewhereInAWS(there, account) || s.guess && there.Known && len(w.declared(there.Addresses)) == 0) {
			continue // one that cannot be read counts
		}
		return fmt.Errorf("reading the state of %s: %s, and %q is deployed (%s): both would have the same resources, and destroying one would delete the other's: %s",
			w.Environment, w.cannotTell(), s.environment, s.at, tellThemApart)
	}
	return nil
}

func (w Workspace) cannotTell() string {
	if w.Module.RandomNames {
		return fmt.Sprintf("%q names %s alike in each environment, of which AWS gives the same again", w.Infra, w.fixed())
	}
	own := w.ownNames()
	for _, name := range own {
		if w.Module.ChosenBy[strings.TrimPrefix(name, "var.")] {
			return fmt.Sprintf("%q only chooses between names by %s, and names %s by none of its own", w.Infra, name, w.Environment)
		}
	}
	if len(own) > 0 {
		return fmt.Sprintf("%q has %s in no resource's name, only in tags and the like", w.Infra, strings.Join(own, " and "))
	}
	return fmt.Sprintf("%q has no way to tell environments apart", w.Infra)
}

// ownNames are the names that each environment has for itself, as the root module gets
// them: that of the variable environment, and that of the workspace.
func (w Workspace) ownNames() (out []string) {
	if w.takes("environment") {
		out = append(out, "var.environment")
	}
	if w.Module.Workspace != "" && w.Backend.Workspace {
		out = append(out, rootmodule.WorkspaceName)
	}
	return out
}

const tellThemApart = "declare variable \"environment\" and name resources after it, or give a variable of your own its value in " + settingsTable + ": variables = { env = \"" + environmentMark + "\" }, or variable-files with a file for each"

// namesApart tells whether the root module names resources after anything that is the
// environment's alone. One that names nothing at all has names of AWS's choice, and needs
// only get it.
func (w Workspace) namesApart(ctx context.Context) (bool, error) {
	if w.Module.RandomNames && len(w.Module.Fixed) == 0 || // which are made anew for each state
		slices.Contains(strings.Split(w.Infra, "/"), w.Environment) { // a root module of its own
		return true, nil
	}
	for _, own := range w.ownNames() {
		if !w.Module.Names || w.Module.NamedBy[strings.TrimPrefix(own, "var.")] {
			return true, nil
		}
	}
	for name, value := range w.Settings.Variables {
		if w.Module.NamedBy[name] && strings.Contains(value, environmentMark) {
			return true, nil
		}
	}
	var values []string
	if w.Variables != nil {
		text, err := w.Variables.Plaintext(ctx)
		if err != nil {
			return false, tell.Errorf("reading --terraform-variables: %w", err)
		}
		for name, texts := range rootmodule.TextsBy(text) {
			if w.Module.NamedBy[name] {
				values = append(values, texts...)
			}
		}
	}
	var names []string
	for name := range w.Secrets {
		if variable, ok := strings.CutPrefix(name, "TF_VAR_"); ok && w.Module.NamedBy[variable] {
			names = append(names, name)
		}
	}
	more, err := w.Secrets.Values(ctx, names...)
	return slices.ContainsFunc(append(values, more...), w.names), err
}

// elsewhereInAWS tells whether a state's resources are in another account, or
// all in another region, than this run's.
func (w Workspace) elsewhereInAWS(there state.Object, account string) bool {
	other := func(all []string, ours string) bool { return ours != "" && len(all) > 0 && !slices.Contains(all, ours) }
	return other(there.Accounts(), account) && !w.Module.AssumesRole || w.Module.Region == "var.region" && other(there.Regions(w.Module.Regional), w.region())
}

// checkShared refuses to destroy a resource that is in the state of another
// environment, too. So it does with any change of a copy of a lasting environment's
// state: the resources are that one's. What cannot be looked at is said.
func (w Workspace) checkShared(ctx context.Context, others siblings, own state.Object) error {
	ours := own.Things()
	maps.DeleteFunc(ours, func(_ string, t state.Thing) bool {
		return w.Ends && slices.Contains(w.Settings.MayDestroy, t.Address) || w.onOwnServer(t)
	})
	if len(ours) == 0 {
		return nil
	}
	unseen := func(err error) {
		if w.Ends {
			tell.Once(fmt.Sprintf("%s: whether another environment has the same resources cannot be told: %v", w.Environment, err))
		}
	}
	all, err := others(ctx)
	if err != nil {
		unseen(err)
	}
	for _, s := range all {
		if !w.Ends && environments.IsMergeRequest(s.environment) {
			continue
		}
		there, err := s.read(ctx)
		if err != nil {
			unseen(err)
			continue
		}
		theirs := state.Have(there.Things())
		for _, key := range slices.Sorted(maps.Keys(ours)) {
			t := ours[key]
			switch shared := theirs(key, t); {
			case shared && w.Ends:
				return fmt.Errorf("reading the state of %s: %s (%s) is in the state of %q, too (%s), and destroying it here would delete it there: take it out of the state that it is not of (terraform state rm, or a removed block with destroy = false), and name resources after the environment; where it is to go all the same, name it in may-destroy in %s",
					w.Environment, t.Address, t.Name, s.environment, s.at, settingsTable)
			case shared && own.Lineage != "" && own.Lineage == there.Lineage && !w.names(string(own.Body)):
				return fmt.Errorf("reading the state of %s: it is a copy of the state of %q (%s) and has its resources, such as %s (%s), which a deployment would change: remove the copy, or take out of it what is not its own (terraform state rm)",
					w.Environment, s.environment, s.at, t.Address, t.Name)
			case shared:
				tell.Once(fmt.Sprintf("Warning: %s: %s (%s) is in the state of %q, too (%s): what is done to it here is done there: name resources after the environment", w.Environment, t.Address, t.Name, s.environment, s.at))
			}
		}
	}
	return nil
}
