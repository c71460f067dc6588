package steps

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dagger/pipeline/state"
)

// checkState compares the root module with the states in the bucket before
// anything is planned: where the root module may belong to another state than
// the one that it gets, or the state to another root module, the run is refused.
func (w Workspace) checkState(ctx context.Context) error {
	if w.Backend.Own {
		return nil
	}
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return err
	}
	read := func(bucket, key string) (state.Object, error) { return state.In(session, bucket).Read(ctx, key) }
	own, err := read(w.State.Bucket, w.State.Key)
	if err != nil {
		return err
	}
	if own.Exists {
		return w.checkOwn(ctx, own)
	}
	if w.State.Former != w.State.Key {
		former, err := read(w.State.Bucket, w.State.Former)
		if err != nil {
			return err
		}
		if former.Exists && (!former.Known || w.declaresAny(former.Addresses)) {
			return w.elsewhere(w.State.Bucket, w.State.Former, "where all root modules had theirs before")
		}
	}
	for _, key := range w.declaredKeys() {
		bucket := cmp.Or(w.Module.Backend.Config["bucket"], w.State.Bucket)
		declared, err := read(bucket, key)
		if err != nil {
			return err
		}
		if declared.Exists && (!declared.Known || len(declared.Addresses) > 0) {
			return w.elsewhere(bucket, key, "which "+w.Module.Backend.Where+" declares")
		}
	}
	return nil
}

// elsewhere refuses to plan from an empty state where there is another.
func (w Workspace) elsewhere(bucket, key, why string) error {
	return fmt.Errorf("reading the state of %s: there is none at s3://%s/%s, and one at s3://%s/%s, %s: where that is this one's, move it (aws s3 mv s3://%s/%s s3://%s/%s) or set backend = \"own\" in %s; where it is another's, take the resources of the same name apart",
		w.Environment, w.State.Bucket, w.State.Key, bucket, key, why, bucket, key, w.State.Bucket, w.State.Key, settingsTable)
}

// declaredKeys are those at which the declared backend would have the state.
func (w Workspace) declaredKeys() []string {
	b := w.Module.Backend
	if b == nil || b.Type != "s3" || b.Config["key"] == "" {
		return nil
	}
	prefix := cmp.Or(b.Config["workspace_key_prefix"], "env:")
	return []string{b.Config["key"], path.Join(prefix, w.Environment, b.Config["key"])}
}

func (w Workspace) declaresAny(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return w.Module.Addresses[a] })
}

// checkOwn looks for signs that the state was made by something else than this
// root module as it is run now.
func (w Workspace) checkOwn(ctx context.Context, own state.Object) error {
	if !own.Known || len(own.Addresses) == 0 {
		return nil
	}
	if !w.declaresAny(own.Addresses) {
		other, err := w.owner(ctx, own.Addresses)
		if err != nil {
			return err
		}
		if other != "" {
			return fmt.Errorf("reading the state of %s: s3://%s/%s has %d resources of the root module %q and none of %q: a deployment would destroy them: move the state to that root module's own key (s3://%s/%s), or name it with --infra",
				w.Environment, w.State.Bucket, w.State.Key, len(own.Addresses), other, w.Infra, w.State.Bucket, w.keyOf(other))
		}
		if len(w.Module.Addresses) > 0 {
			return fmt.Errorf("reading the state of %s: s3://%s/%s has %d resources and none of %q: a deployment would destroy them: where they are of another project called %q, give this one a name of its own, or another --state-bucket; where all of them are to go, destroy the environment with the sources that made it, or keep one of them for one more deployment",
				w.Environment, w.State.Bucket, w.State.Key, len(own.Addresses), w.Infra, w.Project)
		}
	}
	if own.HasRegion(fallbackRegion) && !w.RegionAsked {
		if region := w.Module.Variables["region"].Default; region != "" && region != fallbackRegion && !own.HasRegion(region) {
			return fmt.Errorf("reading the state of %s: its resources are in %s, and the root module's own region is %s: give --region %s to go on with them, or destroy them first",
				w.Environment, fallbackRegion, region, fallbackRegion)
		}
	}
	if w.Backend.Workspace && w.Settings.Workspace == "" && !bytes.Contains(own.Body, []byte(w.Environment)) {
		return fmt.Errorf("reading the state of %s: nothing in it has that name, so it was made in the workspace \"default\", and %s names resources after the workspace: set workspace = \"default\" in %s to go on with them, or workspace = \"environment\" to have them replaced",
			w.Environment, w.Module.Workspace, settingsTable)
	}
	return nil
}

// keyOf is the key of another root module of the source.
func (w Workspace) keyOf(infra string) string {
	root, err := filepath.Rel(path.Clean(w.Dir), infra)
	if err != nil {
		return ""
	}
	return StateFor("", w.Project, w.Environment, root).Key
}

// owner is the root module of the source that declares the most of some
// resources, "" where none does.
func (w Workspace) owner(ctx context.Context, addresses []string) (string, error) {
	if w.Others == nil {
		return "", nil
	}
	others, err := w.Others(ctx)
	if err != nil {
		return "", err
	}
	best, most := "", 0
	for _, m := range others {
		n := 0
		for _, a := range addresses {
			if m.Addresses[a] {
				n++
			}
		}
		if n > most && m.Path != path.Clean(w.Infra) && !strings.Contains(m.Path, ".terraform/") {
			best, most = m.Path, n
		}
	}
	return best, nil
}
