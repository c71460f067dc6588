package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/environments"
	"dagger/pipeline/images"
	"dagger/pipeline/tell"
)

// stateOfAnotherName is one of the same root module in an environment that may
// be this one under its former name.
func (w Workspace) stateOfAnotherName(ctx context.Context, in states) error {
	if !w.lasts() {
		return nil
	}
	keys, err := in(w.State.Bucket).Keys(ctx, w.Project+"/")
	if err != nil {
		return err
	}
	for _, key := range keys {
		environment, root, ok := StateOf(w.Project, key)
		expected := slices.Contains(usual, w.Environment) && slices.Contains(usual, environment)
		if !ok || expected || root != w.Root || environment == w.Environment || environments.IsMergeRequest(environment) {
			continue
		}
		if there, err := in(w.State.Bucket).Read(ctx, key); err == nil && there.Moved != "" {
			continue // one that cannot be read counts
		}
		return fmt.Errorf("reading the state of %s: there is none at %s, and one of the environment %q: where that was renamed, move it (%s); where %q is a new one beside it, say so (%s)",
			w.Environment, w.statePlace(), environment, w.moving(place{w.State.Bucket, key}.String()), w.Environment, w.moving(fromNone))
	}
	return nil
}

// stateOfAnotherProject is one of a project whose name the root module still
// uses, and of which it declares all resources: the project was renamed. Where
// the role may read the project's own states alone, that is said.
func (w Workspace) stateOfAnotherProject(ctx context.Context, in states) error {
	if !w.lasts() {
		return nil
	}
	names, err := in(w.State.Bucket).Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == w.Project || !w.Module.Mentions(name) {
			continue
		}
		p := place{w.State.Bucket, StateFor("", name, w.Environment, w.Root).Key}
		there, err := in(p.bucket).Read(ctx, p.key)
		if err != nil {
			tell.Once(fmt.Sprintf("%s: whether the project was %q before cannot be told: %v", w.Environment, name, err))
			continue
		}
		if n := len(there.Addresses); n > 0 && len(w.declared(there.Addresses)) == n {
			return w.elsewhere(p, fmt.Sprintf("of the project %q, which %q still names", name, w.Infra))
		}
	}
	return nil
}

// stateOfTheSameRoot is one that another project of the repository has of the same root
// module, which is in neither of them, and to which this one gives nothing of its own: both
// would make the same resources.
func (w Workspace) stateOfTheSameRoot(ctx context.Context, in states) error {
	repository := w.self().Repository
	if !strings.HasPrefix(w.Root, "../") || repository == "" || len(w.Settings.Variables) > 0 || w.Settings.VariableFiles != nil || w.Variables != nil {
		return nil
	}
	bucket := in(w.State.Bucket)
	names, err := bucket.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == w.Project {
			continue
		}
		of := StateFor(w.State.Bucket, name, w.Environment, w.Root)
		noted, err := notedOwner(ctx, bucket, w.Environment, of)
		if err != nil || noted.Repository != repository {
			continue // another one's
		}
		there, err := bucket.Read(ctx, of.Key)
		if n := len(there.Addresses); err == nil && n > 0 && len(w.declared(there.Addresses)) == n {
			return fmt.Errorf("reading the state of %s: %q is deployed by the project %q of this repository, too (%s), and both would have the same resources: take it out of the roots of one of them, or give it something of each project's own by variables in %s",
				w.Environment, w.Infra, name, place{of.Bucket, of.Key}, settingsTable)
		}
	}
	return nil
}

// alone refuses two projects of one name in one repository, whose states would be
// one.
func (w Workspace) alone(ctx context.Context, project string) error {
	other, err := images.NamedAlike(ctx, w.Source, w.Dir, project, w.Root)
	if err != nil || other == "" {
		return err
	}
	return fmt.Errorf("keeping the state of %q: the projects %q and %q are both called %q, which is part of the state's key, so that one's deployment would destroy the other's: give one of them another name",
		w.Infra, w.Dir, other, project)
}

// usual are the lasting environments that every project may have.
var usual = []string{"prod", "staging"}
