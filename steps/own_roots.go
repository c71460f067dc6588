package steps

import (
	"context"
	"fmt"
	"path"
	"slices"

	"dagger/pipeline/printable"
	"dagger/pipeline/state"
)

// checkRoots refuses a state that is another root module's, too: each one's deployment
// would destroy what the other has made.
func (b ownBackend) checkRoots(ctx context.Context, self sibling, own state.Object) error {
	for _, root := range b.Settings.Roots {
		if path.Clean(root) == b.Root {
			continue
		}
		m, there, err := b.other(ctx, path.Clean(root))
		if err != nil {
			return err
		}
		if !there || m.Backend == nil || m.Backend.Type != b.Module.Backend.Type {
			continue
		}
		other := b
		other.Module, other.Infra = m, m.Path
		theirs, err := other.mine(ctx)
		if err != nil {
			return err
		}
		if theirs.at == self.at {
			return fmt.Errorf("keeping the state of %q: %s is the state of %q, too, and one's deployment would destroy what the other has made: let each declare a key of its own and select a workspace (workspace = \"environment\"), or give backend-files that each has beside it, in %s", b.Infra, self.at, m.Path, settingsTable)
		}
	}
	if len(own.Addresses) > 0 && len(b.Module.Addresses) > 0 && len(b.declared(own.Addresses)) == 0 && !b.Ends {
		return fmt.Errorf("reading the state of %s: %s has %s and none of %q: a deployment would destroy them: give this root module a state of its own, by its backend or by backend-config or backend-files in %s; where all of them are to go, destroy the environment with the sources that made it",
			b.Environment, self.at, printable.Count(len(own.Addresses), "resource"), b.Infra, settingsTable)
	}
	return b.checkMixed(ctx, self, own)
}

// checkMixed refuses a state with resources that another root module of the source declares,
// whose state is at the same place: nobody names the two together, as where each is deployed
// by its own call.
func (b ownBackend) checkMixed(ctx context.Context, self sibling, own state.Object) error {
	gone := slices.DeleteFunc(slices.Clone(own.Addresses), func(a string) bool { return b.Module.Addresses[a] })
	if len(gone) == 0 || b.Ends || b.Others == nil {
		return nil
	}
	others, err := b.Others(ctx)
	if err != nil {
		return err
	}
	for _, m := range others {
		if m.Path == path.Clean(b.Infra) || m.Backend == nil || m.Backend.Type != b.Module.Backend.Type || count(m, gone) == 0 {
			continue
		}
		other := b
		other.Module, other.Infra = m, m.Path
		if theirs, err := other.mine(ctx); err != nil || theirs.at != self.at {
			continue // what it is told cannot be read: it is another one then
		}
		return fmt.Errorf("keeping the state of %q: %s has resources of %q, too, which a deployment would destroy: let each declare a key of its own, or give backend-files that each has beside it, in %s", b.Infra, self.at, m.Path, settingsTable)
	}
	return nil
}
