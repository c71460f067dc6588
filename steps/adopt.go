package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/state"
)

// planImports has what a plan would import: addresses and ids.
const planImports = planOut + ".imports"

// adopted is a resource that an import block brings into a state.
type adopted struct{ Address, Type, ID string }

// mayAdopt tells whether a plan has to be looked at before it is applied: the
// environment of a merge request is destroyed with all that it has.
func (w Workspace) mayAdopt() bool { return !w.lasts() && len(w.Module.Imports) > 0 }

// checkAdopting refuses a plan by which a merge request's environment would adopt what
// was there before.
func (w Workspace) checkAdopting(ctx context.Context, planned *dagger.Container) error {
	if !w.mayAdopt() {
		return nil
	}
	var imports []adopted
	if err := fromPlan(ctx, planned, planImports, &imports); err != nil {
		return err
	}
	return w.checkImports(imports)
}

// checkImports is checkAdopting for what is imported. What has the environment's name is
// its own, such as a log group that Lambda has made.
func (w Workspace) checkImports(imports []adopted) error {
	for _, a := range imports {
		if state.InTheWorld(a.Type) && !w.names(a.ID) && !slices.Contains(w.Settings.MayDestroy, a.Address) {
			return fmt.Errorf("deploying %s: an import block brings in %s (%s), which was there before, and closing the merge request would destroy it: write the block for the environment that it is of (for_each = toset(var.environment == \"prod\" ? [\"%s\"] : [])), or name the address in may-destroy in %s",
				w.Environment, a.Address, a.ID, a.ID, settingsTable)
		}
	}
	return nil
}

// checkAdopted refuses to destroy what an import block has brought into a merge request's
// environment.
func (w Workspace) checkAdopted(own state.Object) error {
	if !w.Ends || w.lasts() || len(w.Module.Adopted) == 0 {
		return nil
	}
	things := own.Things()
	for _, key := range slices.Sorted(maps.Keys(things)) {
		t := things[key]
		if id := w.Module.Adopted[t.Address]; id != "" && (id == t.ID || id == t.Name) && !w.names(id) && !slices.Contains(w.Settings.MayDestroy, t.Address) {
			return fmt.Errorf("destroying %s: an import block has brought in %s (%s), which was there before: take it out of the state (terraform state rm, or a removed block with destroy = false); where it is to go all the same, name it in may-destroy in %s",
				w.Environment, t.Address, t.Name, settingsTable)
		}
	}
	return nil
}
