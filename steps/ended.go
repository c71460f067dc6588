package steps

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/tell"
)

// ended takes the tag of a deployment off the images, once a root module of the
// environment is destroyed, unless another one is still deployed. Where that cannot
// be told the tag stays: without it the images would expire that the other one runs.
func (r *Run) ended(ctx context.Context, w Workspace) {
	if _, ok := r.retains(ctx); !ok {
		return
	}
	if r.Infra != "" {
		left, err := r.mayBeLeft(ctx, w)
		if err != nil {
			left = "what else it has cannot be told: " + err.Error()
		}
		if left != "" {
			tell.Line(fmt.Sprintf("registry: %s stays on the images: %s", lifecycle.DeployedTag(w.Environment), left))
			return
		}
	}
	r.unmark(ctx, w.Project, w.Environment)
}

// mayBeLeft tells what of an environment may still be deployed beside a root module,
// "" for nothing. The states in the bucket tell; no other backend is looked at.
func (r *Run) mayBeLeft(ctx context.Context, w Workspace) (string, error) {
	if w.Backend.Own || r.bucket() == "" {
		others, err := w.otherRoots(ctx)
		if err != nil || len(others) == 0 {
			return "", err
		}
		return fmt.Sprintf("%s may use them, whose state is not looked at in a backend of the project's own: destroy without --infra takes it off (the root modules that %s has are those of roots in %s)",
			strings.Join(others, ", "), w.Environment, settingsTable), nil
	}
	environments, err := r.account(w.Project, w.Environment).Environments(ctx, r.bucket(), w.Project)
	if err != nil || !slices.Contains(environments, w.Environment) {
		return "", err
	}
	return "another root module of " + w.Environment + " has a state", nil
}

// otherRoots are the paths of the project's other root modules: those that it names,
// or else all that declare a backend.
func (w Workspace) otherRoots(ctx context.Context) (out []string, err error) {
	for _, root := range w.Settings.Roots {
		out = append(out, path.Join(w.Dir, root))
	}
	if len(out) == 0 && w.Others != nil {
		modules, err := w.Others(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range modules {
			if below := w.Dir == "." || strings.HasPrefix(m.Path, path.Clean(w.Dir)+"/"); below && m.Backend != nil {
				out = append(out, m.Path)
			}
		}
	}
	return slices.DeleteFunc(out, func(root string) bool { return root == path.Clean(w.Infra) }), nil
}
