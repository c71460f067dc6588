package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// planned makes a plan before a deployment that may be refused for what it does.
func (w Workspace) planned(ctx context.Context) error {
	if !w.mayAdopt() && len(w.Module.Makers) == 0 && len(w.Module.Unfound) == 0 {
		return nil
	}
	w.Deploys, w.Seen = false, nil
	c, summary, err := Plan{Workspace: w, checked: true}.run(ctx)
	if err != nil {
		return err
	}
	return w.checkPlanned(ctx, c, summary)
}

// checkPlanned refuses what a plan shows and no deployment may do.
func (w Workspace) checkPlanned(ctx context.Context, planned *dagger.Container, summary Summary) error {
	if err := w.checkAdopting(ctx, planned); err != nil {
		return err
	}
	if err := w.checkMade(ctx, planned); err != nil {
		return err
	}
	for _, u := range w.Module.Unfound {
		there, err := planned.Directory(images.Workdir).Exists(ctx, u.Dir)
		if err != nil {
			return err
		}
		if gone := summary.lost(); !there && len(gone) > 0 {
			return fmt.Errorf("deploying %s: it would destroy %s, and fileset reads %q, which is not there (%s): let the build leave it (artifacts in [tool.pipeline.package]), or make that directory where it is to have no files", w.Environment, listed(gone), u.Dir, u.Where)
		}
	}
	return nil
}

// lost are instances by key that a plan destroys.
func (s Summary) lost() (out []string) {
	for _, c := range s.Changes {
		if c.Action == "delete" && strings.HasSuffix(c.Address, `"]`) {
			out = append(out, c.Address)
		}
	}
	return out
}

// fromPlan reads what make-plan.sh found in a plan.
func fromPlan(ctx context.Context, planned *dagger.Container, file string, into any) error {
	text, err := planned.File(file).Contents(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return tell.Errorf("reading %s of the plan: %w", file, err)
	}
	return nil
}

// planIdle has what a plan would deploy without what a command has made.
const planIdle = planOut + ".idle"

// unmade is a resource that gets an archive, and the command that made a part of it in an
// earlier run.
type unmade struct{ Address, Archive, Command string }

// checkMade refuses to deploy an archive without what a command left in an earlier run: it
// runs again only when its triggers change, and each run begins with the source alone.
func (w Workspace) checkMade(ctx context.Context, planned *dagger.Container) error {
	if len(w.Module.Makers) == 0 {
		return nil
	}
	var idle []unmade
	if err := fromPlan(ctx, planned, planIdle, &idle); err != nil {
		return err
	}
	return w.checkIdle(idle)
}

func (w Workspace) checkIdle(idle []unmade) error {
	for _, u := range idle {
		if slices.ContainsFunc(w.Module.Makers, func(maker string) bool { return u.Command == maker || strings.HasSuffix(u.Command, "."+maker) }) {
			return fmt.Errorf("deploying %s: %s would get %s without what the command of %s makes for it: that ran in an earlier run, whose files are gone, and its triggers have not changed: %s", w.Environment, u.Address, u.Archive, u.Command, runAgain(u.Command))
		}
	}
	return nil
}

// runAgain is how the command of a resource is run once more.
func runAgain(command string) string {
	triggers := "triggers = { always = timestamp() }"
	if strings.Contains("."+command, ".terraform_data.") {
		triggers = "triggers_replace = timestamp()"
	}
	return fmt.Sprintf("run it again (--replace %s), or each time (%s)", command, triggers)
}
