package steps

import (
	"context"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/printable"
	"dagger/pipeline/tell"
)

// Paths while a plan is made. A plan is in clear in memory only.
const (
	planMemory = "/run/plan"
	planOut    = outDir + "/plan"
	planBundle = "plan.age"
	savedPlan  = "/saved-plan/" + planBundle
	keyFile    = "/run/secrets/plan.key"
)

// planChanges is terraform's exit code for a plan that changes something.
const planChanges = 2

// Plan makes plans.
type Plan struct {
	Workspace Workspace
	// Key encrypts the plan that leaves the engine: an age identity. Without
	// one, none leaves.
	Key *dagger.Secret
	// checked says that the caller refuses what the plan would adopt.
	checked bool
}

// run is the container after the plan was made, and what the plan does.
func (p Plan) run(ctx context.Context) (*dagger.Container, Summary, error) {
	if _, err := plain(ctx, "--plan-key", p.Key); err != nil {
		return nil, Summary{}, err
	}
	c, err := p.Workspace.initialised(ctx)
	if err != nil {
		return nil, Summary{}, err
	}
	variables, err := p.Workspace.variableArgs(ctx)
	if err != nil {
		return nil, Summary{}, err
	}
	c = c.With(withPlanKey(p.Key)).WithExec(append([]string{"make-plan.sh", planMemory, planOut, planBundle}, variables...), anyExit)
	code, err := c.ExitCode(ctx)
	if err == nil && code != planChanges {
		err = check(ctx, c, []string{"terraform", "plan"}, p.Workspace.explain(ctx))
	}
	if err != nil {
		return nil, Summary{}, err
	}
	text, err := c.File(planOut + "/summary.json").Contents(ctx)
	if err != nil {
		return nil, Summary{}, err
	}
	summary, err := ParseSummary(text)
	if err != nil {
		return nil, Summary{}, err
	}
	if !p.checked { // a plan for people shows what a deployment refuses
		if err := p.Workspace.checkPlanned(ctx, c, summary); err != nil {
			tell.Line("Warning: " + err.Error())
		}
	}
	return c, summary, p.seen(ctx, c, summary)
}

// seen collects the plan for a note, where one is made.
func (p Plan) seen(ctx context.Context, c *dagger.Container, summary Summary) error {
	if p.Workspace.Seen == nil {
		return nil
	}
	out, err := c.Stdout(ctx)
	p.Workspace.Seen.plan(summary.plan(p.Workspace.Infra, PlanText(out)))
	return err
}

func withPlanKey(key *dagger.Secret) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		c = c.WithMountedTemp(planMemory).WithEnvVariable("PLAN_KEY_FILE", keyFile)
		if key != nil {
			c = c.WithMountedSecret(keyFile, key)
		}
		return c
	}
}

// Text is what would change, as terraform prints it, with the counts as its last
// line.
func (p Plan) Text(ctx context.Context) (string, error) {
	_, _, text, err := p.make(ctx)
	return text, err
}

// make makes a plan: the container after it, what it does, and the text for
// people.
func (p Plan) make(ctx context.Context) (*dagger.Container, Summary, string, error) {
	c, summary, err := p.run(ctx)
	if err != nil {
		return nil, Summary{}, "", err
	}
	out, err := c.Stdout(ctx)
	if err != nil {
		return nil, Summary{}, "", err
	}
	return c, summary, PlanText(out) + "\n\n" + summary.Line(), nil
}

// Report is a directory with what a reviewer and a later deployment need:
// plan.txt, plan.md (a note for the merge request), plan.json (GitLab's
// Terraform report), summary.json and, with a key, plan.age.
func (p Plan) Report(ctx context.Context) (*dagger.Directory, error) {
	c, summary, text, err := p.make(ctx)
	if err != nil {
		return nil, err
	}
	return c.Directory(planOut).
		WithNewFile("plan.txt", text+"\n").
		WithNewFile("plan.md", summary.Note(p.Workspace.Environment)).
		WithNewFile("plan.json", summary.Report()), nil
}

// Save is Text, and the plan itself if there is a key.
func (p Plan) Save(ctx context.Context) (text string, plan *dagger.File, err error) {
	report, err := p.Report(ctx)
	if err != nil {
		return "", nil, err
	}
	if p.Key != nil {
		plan = report.File(planBundle)
	}
	text, err = report.File("plan.txt").Contents(ctx)
	return text, plan, err
}

// PlanText keeps the part of terraform's output that a reviewer needs: the actions,
// not the reading and refreshing before them.
func PlanText(stdout string) string {
	var kept []string
	for _, line := range strings.Split(printable.String(stdout), "\n") {
		if strings.Contains(line, ": Refreshing state...") || strings.Contains(line, ": Reading...") || strings.Contains(line, ": Read complete after") {
			continue
		}
		kept = append(kept, line)
	}
	text, _, _ := strings.Cut(strings.Join(kept, "\n"), "\n─────")
	return strings.TrimSpace(text)
}

// applyPlan applies a saved plan, when it still says what a plan made now says.
var applyPlan = []string{"plan.sh", "apply", savedPlan, planMemory}
