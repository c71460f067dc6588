package steps

import (
	"context"
	"path"
	"time"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/note"
	"dagger/pipeline/tell"
)

// Where the calls of a pipeline leave what a note tells of, as the component and the
// examples have them.
const (
	resultJUnit     = "reports/junit.xml"
	resultCoverage  = "reports/coverage.xml"
	resultPlan      = "plan"
	resultArtifacts = "artifacts"
	resultOutputs   = "deploy.env"
)

// readResults is what the calls of a pipeline have left in a directory, compared
// with what those of the target branch have in another; either may be nil. What is
// not there, or cannot be read, is left out.
func readResults(ctx context.Context, dir, target *dagger.Directory) (n note.Note, err error) {
	if dir == nil {
		return n, nil
	}
	left, err := filesIn(ctx, dir, "")
	if err != nil {
		return n, err
	}
	var junit, cobertura string
	for _, name := range left {
		file := dir.File(name)
		switch {
		case name == resultJUnit:
			junit, err = file.Contents(ctx)
		case name == resultCoverage:
			cobertura, err = file.Contents(ctx)
		case path.Base(name) == "summary.json" && inside(name, resultPlan):
			var text string
			if text, err = file.Contents(ctx); err == nil {
				n.Plans = append(n.Plans, planned(name, text)...)
			}
		case name == ArtifactName, inside(name, resultArtifacts):
			p := note.Package{Name: name}
			p.Bytes, err = file.Size(ctx)
			n.Packages = append(n.Packages, p)
		case name == resultOutputs:
			var text string
			if text, err = file.Contents(ctx); err == nil {
				n.Address = addressIn(text)
			}
		}
		if err != nil {
			return n, tell.Errorf("reading %q for the note: %w", name, err)
		}
	}
	n.Tests = testsOf(junit, cobertura, time.Time{})
	if target == nil {
		return n, nil
	}
	before, err := readResults(ctx, target, nil)
	compare(&n, before)
	return n, err
}

func inside(name, dir string) bool { return len(name) > len(dir) && name[:len(dir)+1] == dir+"/" }

// planned is the plan of a file of plan-report, in a directory for each root module
// where there are several.
func planned(name, text string) []note.Plan {
	summary, err := ParseSummary(text)
	if err != nil {
		tell.Line("Warning: " + name + ": " + err.Error() + ": the note is without it")
		return nil
	}
	return []note.Plan{summary.plan(path.Clean(path.Dir(name[len(resultPlan)+1:])))}
}

func addressIn(dotenv string) string {
	values, err := ci.ParseDotenv(dotenv)
	if err != nil {
		return ""
	}
	return values["ENVIRONMENT_URL"]
}

// compare puts what the target branch has beside what is new.
func compare(n *note.Note, before note.Note) {
	if n.Tests != nil && before.Tests != nil {
		n.Tests.Before = before.Tests.Coverage
	}
	for i := range n.Packages {
		for _, p := range before.Packages {
			if p.Name == n.Packages[i].Name {
				n.Packages[i].Before = &p.Bytes
			}
		}
	}
}
