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
	resultReports   = "reports"
	resultJUnit     = resultReports + "/junit.xml"
	resultCoverage  = resultReports + "/coverage.xml"
	resultPlan      = "plan"
	resultArtifacts = "artifacts"
	resultOutputs   = "deploy.env"
)

// left is what the calls of a pipeline have left in a directory.
type left struct {
	junit     string
	cobertura []string
	plans     []rootPlan
	packages  []note.Package
	address   string
}

// rootPlan is the plan of a root module.
type rootPlan struct {
	root    string
	summary Summary
	text    string
}

// readLeft reads a directory, which may be nil. What is not there, or cannot be read, is left out.
func readLeft(ctx context.Context, dir *dagger.Directory) (l left, err error) {
	if dir == nil {
		return l, nil
	}
	names, err := filesIn(ctx, dir, "")
	if err != nil {
		return l, err
	}
	texts := map[string]string{} // of plans, by their directory
	for _, name := range names {
		file, text := dir.File(name), ""
		switch {
		case name == resultJUnit:
			l.junit, err = file.Contents(ctx)
		case name == resultCoverage:
			l.cobertura, err = readCoverage(ctx, dir.Directory(resultReports))
		case path.Base(name) == "summary.json" && inside(name, resultPlan):
			if text, err = file.Contents(ctx); err == nil {
				l.plans = append(l.plans, planned(name, text)...)
			}
		case path.Base(name) == "plan.txt" && inside(name, resultPlan):
			texts[path.Dir(name)], err = file.Contents(ctx)
		case name == ArtifactName, inside(name, resultArtifacts):
			p := note.Package{Name: name}
			p.Bytes, err = file.Size(ctx)
			l.packages = append(l.packages, p)
		case name == resultOutputs:
			text, err = file.Contents(ctx)
			l.address = addressIn(text)
		}
		if err != nil {
			return l, tell.Errorf("reading the result %q: %w", name, err)
		}
	}
	for i, p := range l.plans {
		l.plans[i].text = texts[path.Join(resultPlan, p.root)]
	}
	return l, nil
}

// readResults is what the calls of a pipeline have left in a directory, compared
// with what those of the target branch have in another; either may be nil.
func readResults(ctx context.Context, dir, target *dagger.Directory) (left, note.Note, error) {
	l, err := readLeft(ctx, dir)
	if err != nil {
		return l, note.Note{}, err
	}
	before, err := readLeft(ctx, target)
	n := l.note()
	compare(&n, before.note())
	return l, n, err
}

func (l left) note() note.Note {
	n := note.Note{Tests: testsOf(l.junit, l.cobertura, time.Time{}), Packages: l.packages, Address: l.address}
	for _, p := range l.plans {
		n.Plans = append(n.Plans, p.summary.plan(p.root, p.text))
	}
	return n
}

func inside(name, dir string) bool { return len(name) > len(dir) && name[:len(dir)+1] == dir+"/" }

// planned is the plan of a file of plan-report, in a directory for each root module
// where there are several.
func planned(name, text string) []rootPlan {
	summary, err := ParseSummary(text)
	if err != nil {
		tell.Line("Warning: " + name + ": " + err.Error() + ": it is left out")
		return nil
	}
	return []rootPlan{{path.Clean(path.Dir(name[len(resultPlan)+1:])), summary, ""}}
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
	if n.Tests != nil && before.Tests != nil && len(before.Tests.Coverage) > 0 {
		n.Tests.Before = &before.Tests.Coverage[0]
	}
	for i := range n.Packages {
		for _, p := range before.Packages {
			if p.Name == n.Packages[i].Name {
				n.Packages[i].Before = &p.Bytes
			}
		}
	}
}
