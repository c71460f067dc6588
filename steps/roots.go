package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/fault"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// Roots are the root modules of one environment, each with its own state, in the
// order in which they are deployed.
type Roots []Workspace

// each runs a step for all of them and puts a line with the path above each
// text, where there are several. One that fails stops those after it: they may
// need what it makes.
func (r Roots) each(step func(Workspace) (string, error)) (string, error) {
	var texts []string
	for i, w := range r {
		text, err := step(w)
		if err != nil && len(r) > 1 {
			return "", withNote(r.named(w, err), progress(r[:i], texts, r[i+1:]))
		}
		if err != nil {
			return "", err
		}
		if len(r) > 1 {
			text = w.Infra + ": " + text
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n"), nil
}

// progress tells what was done before one failed, by the last line of each, and
// what was not.
func progress(done Roots, texts []string, left Roots) string {
	var parts []string
	for i, w := range done {
		parts = append(parts, w.Infra+": "+strings.TrimPrefix(tell.LastLine(texts[i], "done"), w.Infra+": "))
	}
	for _, w := range left {
		parts = append(parts, w.Infra+": not run")
	}
	return strings.Join(parts, "; ")
}

// named says which of several root modules an error is of. Its exit code stays.
func (r Roots) named(w Workspace, err error) error {
	if len(r) < 2 {
		return err
	}
	return tell.Errorf("%s: %w", w.Infra, err)
}

// one is the only root module, for what is for one alone.
func (r Roots) one(doing string) (Workspace, error) {
	if len(r) != 1 {
		return Workspace{}, fmt.Errorf("%s: it is for one root module, and the project has %d (%s): name one with --infra", doing, len(r), r.paths())
	}
	return r[0], nil
}

func (r Roots) paths() string {
	var out []string
	for _, w := range r {
		out = append(out, w.Infra)
	}
	return strings.Join(out, ", ")
}

// Plan is what a deployment would change. The second root module is planned with the
// first one's current outputs.
func (r Roots) Plan(ctx context.Context) (string, error) {
	return r.each(func(w Workspace) (string, error) { return Plan{Workspace: w}.Text(ctx) })
}

// Report is the plan for review: of several root modules, a directory for each.
func (r Roots) Report(ctx context.Context, key *dagger.Secret) (*dagger.Directory, error) {
	if len(r) == 1 {
		return Plan{Workspace: r[0], Key: key}.Report(ctx)
	}
	if err := r.checkSaving(ctx, key); err != nil {
		return nil, err
	}
	out := dag.Directory()
	for _, w := range r {
		report, err := Plan{Workspace: w, Key: key}.Report(ctx)
		if err != nil {
			return nil, r.named(w, err)
		}
		out = out.WithDirectory(w.Infra, report)
	}
	return out, nil
}

// Save is the plan's text, and with a key the plan itself, if it can be
// applied.
func (r Roots) Save(ctx context.Context, key *dagger.Secret) (text string, plan *dagger.File, err error) {
	own, err := r[0].owns(ctx, applyScript)
	if err != nil {
		return "", nil, err
	}
	if len(r) == 1 && !own {
		return Plan{Workspace: r[0], Key: key}.Save(ctx)
	}
	if key != nil {
		tell.Line("the plan is not kept: it is for one root module that is deployed without an own script: what is deployed is planned anew")
	}
	text, err = r.Plan(ctx)
	return text, nil, err
}

// Deploy applies them one after the other, or a saved plan of the only one.
func (r Roots) Deploy(ctx context.Context, plan *dagger.File, key *dagger.Secret) (string, error) {
	if plan != nil {
		w, err := r.one("applying the saved plan")
		if err != nil {
			return "", err
		}
		return Deploy{Workspace: w, Plan: plan, Key: key}.Run(ctx)
	}
	if own, err := r[0].owns(ctx, applyScript); err != nil || own {
		if err != nil {
			return "", err
		}
		return Deploy{Workspace: r[0], Key: key}.Run(ctx) // it deploys all of them
	}
	return r.each(func(w Workspace) (string, error) { return Deploy{Workspace: w, Key: key}.Run(ctx) })
}

// Destroy removes them, the last one first, because it may use resources of the
// others.
func (r Roots) Destroy(ctx context.Context, confirm string, key *dagger.Secret) (string, error) {
	reversed := slices.Clone(r)
	slices.Reverse(reversed)
	if own, err := r[0].owns(ctx, destroyScript); err != nil || own {
		if err != nil {
			return "", err
		}
		text, err := Destroy(ctx, reversed[0], confirm, key)
		for _, w := range reversed[1:] {
			if err == nil {
				w.removeState(ctx)
			}
		}
		return text, err
	}
	return reversed.each(func(w Workspace) (string, error) { return Destroy(ctx, w, confirm, key) })
}

// Outputs are the outputs of all root modules together.
func (r Roots) Outputs(ctx context.Context, format string) (string, error) {
	if len(r) == 1 {
		return Outputs(ctx, r[0], format)
	}
	if err := checkFormat(format); err != nil {
		return "", err
	}
	var texts []string
	for _, w := range r {
		text, err := Outputs(ctx, w, "json")
		if err != nil {
			return "", r.named(w, err)
		}
		texts = append(texts, text)
	}
	return outputsTogether(texts, r.paths(), format)
}

// outputsTogether are those of several root modules, each in JSON. Of two with the same
// name neither can be told from the other: that is refused, or left out and named in lines
// of variables, which are written after the deployment.
func outputsTogether(texts []string, paths, format string) (string, error) {
	all, twice := map[string]json.RawMessage{}, map[string]bool{}
	for _, text := range texts {
		var some map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &some); err != nil {
			return "", tell.Errorf("reading the outputs: %w", err)
		}
		for name := range some {
			if _, there := all[name]; there {
				twice[name] = true
			}
		}
		maps.Copy(all, some)
	}
	names := strings.Join(slices.Sorted(maps.Keys(twice)), ", ")
	switch {
	case names != "" && format == "json":
		return "", fmt.Errorf("giving the outputs: two root modules (%s) have the same one (%s): name one of them with --infra", paths, names)
	case names != "":
		tell.Line(fmt.Sprintf("outputs: %s left out: two root modules (%s) have that name (--infra gives those of one)", names, paths))
		maps.DeleteFunc(all, func(name string, _ json.RawMessage) bool { return twice[name] })
	}
	text, err := json.Marshal(all)
	if err != nil || format == "json" {
		return string(text), err
	}
	return outputLines(string(text), format)
}

// Unlock releases the locks that one owner holds.
func (r Roots) Unlock(ctx context.Context, unlock Unlock) (string, error) {
	var failed []error
	text, err := r.each(func(w Workspace) (string, error) {
		unlock.Workspace = w
		text, err := unlock.Run(ctx)
		if err != nil && len(r) > 1 {
			failed = append(failed, r.named(w, err))
			return err.Error(), nil
		}
		return text, err
	})
	if err == nil && len(failed) > 0 {
		err = fault.Join(failed...)
	}
	if err != nil {
		return "", err
	}
	return text, nil
}
