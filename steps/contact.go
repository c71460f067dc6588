package steps

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// states gives the buckets that an account sees.
type states func(bucket string) objects

// objects are what is in one of them.
type objects interface {
	Read(ctx context.Context, key string) (state.Object, error)
	Keys(ctx context.Context, prefix string) ([]string, error)
	Names(ctx context.Context) ([]string, error)
}

// checkState compares the root module with the states in the bucket before
// anything is planned: where the root module may belong to another state than
// the one that it gets, or the state to another root module, the run is refused.
func (w Workspace) checkState(ctx context.Context) error {
	if w.Backend.Own {
		if err := notByBranch(w.Trust, w.Environment, "reading the state of "+w.Environment); err != nil {
			return err
		}
		return w.checkOwnBackend(ctx)
	}
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return err
	}
	in := func(bucket string) objects { return state.In(session, bucket) }
	noted, err := w.checkOwner(ctx, in)
	if err != nil {
		return err
	}
	w.noted = noted
	if err := w.contact(ctx, in, session.Identity.Account); err != nil || !w.Deploys {
		return err
	}
	return w.noteOwner(ctx, in, w.State.in(session), noted)
}

// contact is checkState for the states that an account sees.
func (w Workspace) contact(ctx context.Context, in states, account string) error {
	own, err := in(w.State.Bucket).Read(ctx, w.State.Key)
	if err != nil {
		return err
	}
	if own.Exists {
		if err := notByBranch(w.Trust, w.Environment, "reading the state of "+w.Environment); err != nil {
			return err
		}
		return w.checkOwn(ctx, in, own, account)
	}
	for _, look := range []func(context.Context, states) error{
		w.declaredState, w.stateOfAnotherRoot, w.stateOfAnotherName, w.stateOutOfSight, w.stateToldElsewhere, w.stateOfAnotherProject, w.stateOfTheSameRoot,
		func(ctx context.Context, in states) error { return w.checkNew(ctx, w.managed(in), own, account) },
	} {
		if err := look(ctx, in); err != nil {
			return err
		}
	}
	if b := w.Module.Backend; w.lasts() && w.Settings.Backend == "" && b != nil && (b.Config["bucket"] == "" || b.Config["key"] == "") {
		tell.Once(fmt.Sprintf("%s: %s leaves open where the state is: where an earlier deployment was told by -backend-config, move that state first (%s)", w.Environment, b.Where, w.moving("s3://BUCKET/KEY")))
	}
	if w.lasts() {
		tell.Once(fmt.Sprintf("%s: there is no state of %q yet: all that it declares is made anew (a state in a local file is not seen: docs/environments.md)", w.Environment, w.Infra))
	}
	return nil
}

// lasts tells whether the environment is another one than a merge request's.
func (w Workspace) lasts() bool { return !environments.IsMergeRequest(w.Environment) }

// elsewhere refuses to plan from an empty state where there is another.
func (w Workspace) elsewhere(there place, why string) error {
	return fmt.Errorf("reading the state of %s: there is none at s3://%s/%s, and one at %s, %s: where that is this one's, move it (%s), or set backend = \"own\" in %s; where this is a new one, say so (%s)",
		w.Environment, w.State.Bucket, w.State.Key, there, why, w.moving(there.String()), settingsTable, w.moving(fromNone))
}

// moving is the call that moves a state to the root module.
func (w Workspace) moving(from string) string {
	infra := ""
	if w.Root != defaultRoot {
		infra = "--infra " + w.Root + " "
	}
	return infra + "move-state --environment " + w.Environment + " --from " + from
}

// stateOutOfSight is one that a declared backend may have which cannot be looked
// at from here. A merge request's environment is taken for a new one.
func (w Workspace) stateOutOfSight(context.Context, states) error {
	b := w.Module.Backend
	if b == nil || b.Type == "s3" && !w.unplaced() || !w.lasts() {
		return nil
	}
	from := cmp.Or(withoutLogin(b.Config["address"]), "https://...")
	if b.Type == "s3" {
		from = "s3://BUCKET/KEY"
	}
	return fmt.Errorf("reading the state of %s: there is none at %s, and the backend %q that %s declares may have one, which is not seen from here: move it (%s), or say that the environment is a new one (%s)",
		w.Environment, w.statePlace(), b.Type, b.Where, w.moving(from), w.moving(fromNone))
}

// stateOfAnotherRoot is one of the same environment that has resources which
// this root module declares, and the one that it belongs to does not: the root
// module was moved to another path, or a part of another one to this.
func (w Workspace) stateOfAnotherRoot(ctx context.Context, in states) error {
	keys, err := in(w.State.Bucket).Keys(ctx, path.Join(w.Project, w.Environment)+"/")
	if err != nil {
		return err
	}
	for _, key := range keys {
		_, root, ok := StateOf(w.Project, key)
		if !ok || root == w.Root {
			continue
		}
		there, err := in(w.State.Bucket).Read(ctx, key)
		if err != nil {
			return err
		}
		its, present, err := w.other(ctx, root)
		if err != nil {
			return err
		}
		if there.Moved != "" {
			continue
		}
		ours := w.declared(there.Addresses)
		ours = slices.DeleteFunc(ours, func(a string) bool { return w.Module.Imports[a] || its.Addresses[a] })
		p := place{w.State.Bucket, key}
		switch {
		case len(ours) > 0 && present:
			return fmt.Errorf("reading the state of %s: there is none at %s, and %s of %q is in the state of %q (%s): bring it along (terraform state mv, or a removed block there and an import block here), or say that this root module is a new one (%s)",
				w.Environment, w.statePlace(), strings.Join(ours, ", "), w.Infra, root, p, w.moving(fromNone))
		case len(ours) > 0, !there.Known && !present:
			return w.elsewhere(p, fmt.Sprintf("of the root module %q, which the source does not have", root))
		}
	}
	return nil
}

// declared are those of some addresses that the root module declares.
func (w Workspace) declared(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { return !w.Module.Addresses[a] })
}

// other is another root module, and whether the source has it. root is its path
// from the project.
func (w Workspace) other(ctx context.Context, root string) (m rootmodule.Module, present bool, err error) {
	if w.Others == nil {
		return m, false, nil
	}
	others, err := w.Others(ctx)
	for _, m := range others {
		if m.Path == path.Join(w.Dir, root) {
			return m, true, err
		}
	}
	return m, false, err
}

// keyOf is the key of another root module of the source.
func (w Workspace) keyOf(infra string) string {
	root, err := filepath.Rel(path.Clean(w.Dir), infra)
	if err != nil {
		return ""
	}
	return StateFor("", w.Project, w.Environment, root).Key
}
