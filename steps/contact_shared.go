package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// sameResources refuses a second environment of a root module that cannot tell
// environments apart: AWS gives what is there already to whoever makes a queue or
// a topic of the same name, and to destroy the one would delete the other's.
func (w Workspace) sameResources(ctx context.Context, in states, account string) error {
	if w.Ends {
		return nil
	}
	if apart, err := w.namesApart(ctx); err != nil || apart {
		return err
	}
	keys, err := in(w.State.Bucket).Keys(ctx, w.Project+"/")
	if err != nil {
		return err
	}
	for _, key := range keys {
		environment, root, ok := StateOf(w.Project, key)
		if !ok || root != w.Root || environment == w.Environment || w.Settings.VariableFiles.Differ(w.Environment, environment) {
			continue
		}
		there, err := in(w.State.Bucket).Read(ctx, key)
		if err == nil && (!there.Exists || there.Moved != "" || there.Known && len(there.Addresses) == 0 || w.elsewhereInAWS(there, account)) {
			continue // one that cannot be read counts
		}
		return fmt.Errorf("reading the state of %s: %q has no way to tell environments apart, and %q is deployed (%s): both would have the same resources, and destroying one would delete the other's: declare variable \"environment\" and name resources after it, or give a variable of your own its value in %s: variables = { env = \"%s\" }, or variable-files with a file for each",
			w.Environment, w.Infra, environment, place{w.State.Bucket, key}, settingsTable, environmentMark)
	}
	return nil
}

// namesApart tells whether the root module gets anything that is the
// environment's alone, to name resources after.
func (w Workspace) namesApart(ctx context.Context) (bool, error) {
	_, declares := w.Module.Variables["environment"]
	if declares || w.Module.Workspace != "" && w.Backend.Workspace || w.Module.RandomNames { // which are made anew for each state
		return true, nil
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
// environment, too. What cannot be looked at is said.
func (w Workspace) checkShared(ctx context.Context, in states, own state.Object) error {
	ours := own.ARNs()
	if !w.Ends || len(ours) == 0 {
		return nil
	}
	unseen := func(err error) {
		tell.Once(fmt.Sprintf("%s: whether another environment has the same resources cannot be told: %v", w.Environment, err))
	}
	keys, err := in(w.State.Bucket).Keys(ctx, w.Project+"/")
	if err != nil {
		unseen(err)
	}
	for _, key := range keys {
		environment, _, ok := StateOf(w.Project, key)
		if !ok || environment == w.Environment {
			continue
		}
		there, err := in(w.State.Bucket).Read(ctx, key)
		if err != nil {
			unseen(err)
			continue
		}
		theirs := there.ARNs()
		for _, arn := range slices.Sorted(maps.Keys(ours)) {
			if theirs[arn] != "" {
				return fmt.Errorf("reading the state of %s: %s (%s) is in the state of %q, too (%s), and destroying it here would delete it there: take it out of the state that it is not of (terraform state rm, or a removed block with destroy = false), and name resources after the environment",
					w.Environment, ours[arn], arn, environment, place{w.State.Bucket, key})
			}
		}
	}
	return nil
}
