package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// checkFixed refuses to make a queue, topic, rule, alarm or the like of a fixed name that
// another environment has: AWS gives that one again, or overwrites it, whatever else is
// named after the environment. What the own state has by now, it is too late for.
func (w Workspace) checkFixed(ctx context.Context, others siblings, own state.Object, account string) error {
	ours := own.Things()
	wanted := slices.DeleteFunc(slices.Clone(w.Module.Fixed), func(f rootmodule.Fixed) bool { return f.Name == "" || made(ours, f) != "" })
	// A provider with a role or a region that only Terraform knows may work elsewhere.
	if w.Ends || len(wanted) == 0 || w.Module.AssumesRole || w.Module.Region != "" && w.Module.Region != "var.region" {
		return nil
	}
	all, err := others(ctx)
	if err != nil {
		w.tellFixed("another environment", wanted, err)
	}
	for _, s := range all {
		if s.root != w.Root {
			continue
		}
		there, err := s.read(ctx)
		if err != nil {
			w.tellFixed(fmt.Sprintf("%q", s.environment), wanted, err)
			continue
		}
		if w.elsewhereInAWS(there, account) || w.inAnotherRegion(there) {
			continue
		}
		theirs := there.Things()
		for _, f := range wanted {
			if name := made(theirs, f); name != "" {
				return fmt.Errorf("reading the state of %s: %s has the name %q in each environment, and %q has it (%s, %s): AWS gives the same one again, and what this run sets would count there: name it after the environment, or make it in one of them alone (count)",
					w.Environment, f.Address, f.Name, s.environment, name, s.at)
			}
		}
	}
	return nil
}

func (w Workspace) tellFixed(other string, wanted []rootmodule.Fixed, why error) {
	tell.Once(fmt.Sprintf("%s: whether %s has the same %s cannot be told: %v", w.Environment, other, wanted[0].Address, why))
}

// inAnotherRegion tells whether all of a state is in another region than the one that the
// call asks for.
func (w Workspace) inAnotherRegion(there state.Object) bool {
	regions := there.Regions(w.Module.Regional)
	return w.RegionAsked && len(regions) > 0 && !slices.Contains(regions, w.AWS.Region)
}

// made is what a state has of a resource with a fixed name, "" for nothing.
func made(things map[string]state.Thing, f rootmodule.Fixed) string {
	for _, t := range things {
		if strings.HasSuffix("."+t.Address, "."+f.Address) && (t.Name == f.Name || strings.HasSuffix(t.Name, ":"+f.Name) || strings.HasSuffix(t.Name, "/"+f.Name)) {
			return t.Name
		}
	}
	return ""
}

// fixed are the addresses of what has one name in each environment.
func (w Workspace) fixed() string {
	var out []string
	for _, f := range w.Module.Fixed {
		out = append(out, f.Address)
	}
	return strings.Join(out, ", ")
}

// chosenApart tells whether names are chosen by what is an environment's own, and the root
// module knows one of two environments by its name: then each has another choice. So may
// each have an account, where the provider assumes a role.
func (w Workspace) chosenApart(other string) bool {
	chosen := slices.ContainsFunc(w.ownNames(), func(own string) bool { return w.Module.ChosenBy[strings.TrimPrefix(own, "var.")] })
	for name, value := range w.Settings.Variables {
		chosen = chosen || w.Module.ChosenBy[name] && strings.Contains(value, environmentMark)
	}
	return chosen && (w.Module.AssumesRole || w.Module.Mentions(w.Environment) || w.Module.Mentions(other))
}
