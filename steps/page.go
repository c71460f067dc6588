package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/note"
	"dagger/pipeline/page"
)

// mostCases is how many tests a page's data has at most.
const mostCases = 20_000

// Page is a directory with the page of a run, run.html and run.json, made from what its calls have left and from an
// engine's record of them.
func (r *Run) Page(ctx context.Context, results, target *dagger.Directory, calls, ciFacts *dagger.File) (*dagger.Directory, error) {
	l, said, err := readResults(ctx, results, target)
	if err != nil {
		return nil, err
	}
	facts, _, err := Noting{Facts: ciFacts}.read(ctx)
	if err != nil {
		return nil, err
	}
	out := pageOf(l, r.of(facts, said))
	if out.Engine, err = engineOf(ctx, calls); err != nil {
		return nil, err
	}
	out.Versions = append(r.versions(ctx), out.Versions...)
	var html bytes.Buffer
	if err := page.Render(&html, out); err != nil {
		return nil, err
	}
	data, err := page.JSON(out)
	return dag.Directory().WithNewFile("run.html", html.String()).WithNewFile("run.json", string(data)), err
}

// pageOf is what a page tells of the results.
func pageOf(l left, n note.Note) page.Run {
	out := page.Run{
		Environment: page.Name(n.Environment), Commit: page.Name(n.Commit), Link: page.Name(n.Run), Address: page.Name(n.Address),
		Tests: casesOf(l.junit, n.Tests),
	}
	for _, p := range n.Packages {
		out.Packages = append(out.Packages, page.Package{Name: page.Name(p.Name), Bytes: p.Bytes, Before: p.Before})
	}
	for _, p := range l.plans {
		out.Plans = append(out.Plans, p.summary.page(p.root))
	}
	return out
}

// casesOf are the tests of a report, nil where there is none.
func casesOf(junitXML string, t *note.Tests) *page.Tests {
	if t == nil {
		return nil
	}
	out := page.Tests{Total: t.Total, Failed: t.Failed, Skipped: t.Skipped, Seconds: t.Took.Seconds(), Before: t.Before}
	if len(t.Coverage) > 0 {
		out.Coverage, out.Others = &t.Coverage[0], t.Coverage[1:]
	}
	for _, s := range parseJUnit(junitXML) {
		for _, c := range s.Cases {
			one := page.Case{Name: page.Name(strings.TrimPrefix(c.Class+"."+c.Name, ".")), Result: "passed"}
			if took, err := strconv.ParseFloat(c.Time, 64); err == nil && took >= 0 && took < 1e9 {
				one.Seconds = took
			}
			switch {
			case c.Failure != nil, c.Error != nil:
				one.Result = "failed"
			case c.Skipped != nil:
				one.Result = "skipped"
			}
			if out.Cases = append(out.Cases, one); len(out.Cases) == mostCases {
				return &out
			}
		}
	}
	return &out
}

// page is the plan of a root module as a page has it: what destroys first.
func (s Summary) page(root string) page.Plan {
	out := page.Plan{Root: page.Name(root), Counts: strings.TrimPrefix(s.Line(), "plan: ")}
	order := []string{"delete", "replace", "update", "create"}
	changes := slices.Clone(s.Changes)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return (slices.Index(order, a.made())+5)%5 - (slices.Index(order, b.made())+5)%5 // what is none of them, last
	})
	for _, c := range changes {
		var actions []string
		if slices.Contains(order, c.made()) {
			actions = []string{strings.Replace(c.made(), "delete", "destroy", 1)}
		}
		for _, k := range kinds {
			if k.is(c) {
				actions = append(actions, k.verb)
			}
		}
		out.Changes = append(out.Changes, page.Change{Action: strings.Join(actions, ", "), Name: page.Name(c.Address), From: page.Name(c.From)})
	}
	for _, name := range s.Outputs {
		out.Changes = append(out.Changes, page.Change{Action: "output", Name: page.Name(name)})
	}
	for _, c := range s.Drift {
		out.Changes = append(out.Changes, page.Change{Action: "changed outside", Name: page.Name(c.Address)})
	}
	return out
}

// engineOf is what an engine tells of its calls in a file, nothing where there is none.
func engineOf(ctx context.Context, calls *dagger.File) (e page.Engine, err error) {
	if calls == nil {
		return e, nil
	}
	text, err := calls.Contents(ctx)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return e, fmt.Errorf("reading --calls: %w: give what `pipeline report --format json` gives", err)
	}
	return e, nil
}

// versions are those that the project asks for, as far as they are known.
func (r *Run) versions(ctx context.Context) (out []page.Version) {
	add := func(name, value string, err error) {
		if err == nil && value != "" {
			out = append(out, page.Version{Name: page.Name(name), Value: page.Name(value)})
		}
	}
	api, err := dag.Version(ctx)
	add("Engine's API", api, err)
	if r.Source == nil {
		return out
	}
	base, managers, err := r.pythonRecipe().Made(ctx)
	add("Base of the app container", base, err)
	add("Package managers", strings.Join(managers, ", "), err)
	roots, err := r.roots(ctx)
	if err != nil {
		return out
	}
	set, err := r.deploymentSettings(ctx, r.Source)
	if err != nil {
		return out
	}
	release, err := r.release(ctx, roots, set)
	add(release.Program(), release.Version, err)
	needs, err := images.ReadNeeds(ctx, r.Source, roots)
	add("Base of the terraform container", r.terraformBase(ctx, set, needs), err)
	return out
}
