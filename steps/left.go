package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/state"
	"dagger/pipeline/tell"
)

// left are the root modules that the environment has resources of, and that are
// none of these: the project has dropped them since they were deployed.
func (r Roots) left(ctx context.Context, in states) ([]string, error) {
	w := r[0]
	keys, err := in(w.State.Bucket).Keys(ctx, path.Join(w.Project, w.Environment)+"/")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, key := range keys {
		environment, root, ok := StateOf(w.Project, key)
		if !ok || environment != w.Environment || slices.ContainsFunc(r, func(w Workspace) bool { return w.Root == root }) {
			continue
		}
		there, err := in(w.State.Bucket).Read(ctx, key)
		if err != nil {
			return nil, err
		}
		if there.Exists && there.Moved == "" && (!there.Known || len(there.Addresses) > 0) {
			out = append(out, root)
		}
	}
	return out, nil
}

// dropped says what is left of an environment beside these root modules, "" for
// nothing. Where the project keeps its states itself, nobody knows.
func (r Roots) dropped(ctx context.Context) (string, error) {
	w := r[0]
	if w.Backend.Own || w.Refused != nil || w.State.Bucket == "" {
		return "", nil
	}
	w.State.Region = w.bucketRegion(ctx)
	session, err := w.stateAccount().Session(ctx)
	if err != nil {
		return "", err
	}
	left, err := r.left(ctx, func(bucket string) objects { return state.In(session, bucket) })
	if err != nil || len(left) == 0 {
		return "", err
	}
	return fmt.Sprintf("it has resources of %s, which the project does not name any more: add it to roots in %s, or destroy it by itself from sources that have it (--infra %s destroy --environment %s)",
		strings.Join(left, ", "), settingsTable, left[0], w.Environment), nil
}

// destroyAll destroys an environment with all of its root modules, or says which
// it has that are none of these: nothing is destroyed then, for what is left may
// need it. A project's own script may know of them, and is looked at afterwards.
func (r Roots) destroyAll(ctx context.Context, destroy func() (string, error)) (line string, err error) {
	own, err := r[0].owns(ctx, destroyScript)
	if err != nil {
		return "", err
	}
	if own {
		if line, err = destroy(); err != nil {
			return "", err
		}
	}
	left, err := r.dropped(ctx)
	if err == nil && left != "" {
		err = errors.New(left)
	}
	if err != nil {
		return "", tell.Errorf("destroying %q: %w", r[0].Environment, err)
	}
	if !own {
		line, err = destroy()
	}
	return line, err
}
