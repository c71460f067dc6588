package ci

import (
	"math/rand"
	"strings"
	"testing"

	"dagger/pipeline/environments"
)

func TestTargetFor(t *testing.T) {
	mr := func(source, target string) Facts {
		return Facts{MergeRequest: "7", SourceBranch: source, TargetBranch: target, DefaultBranch: "main"}
	}
	branch := func(name, byDefault string) Facts { return Facts{Branch: name, DefaultBranch: byDefault} }
	for _, c := range []struct {
		name  string
		facts Facts
		rules Rules
		want  Target
	}{
		// The rules of the GitLab pipeline that this one replaces, with the tag in lower case and staging set right.
		{"merge request, not into main", mr("feature", "staging"), Rules{},
			Target{"mr-7", "mr-7", true, `merge request 7 into "staging"`, true}},
		{"merge request, into main", mr("staging", "main"), Rules{},
			Target{"", "mr-7", false, `merge request 7 goes into the production branch "main": merge it, or name an environment with --environment`, false}},
		{"branch main", branch("main", "main"), Rules{},
			Target{"prod", "latest", true, `branch "main" is the production branch`, false}},
		{"default branch of another name", branch("trunk", "trunk"), Rules{},
			Target{"prod", "latest", true, `branch "trunk" is the default branch`, false}},
		{"branch staging", branch("staging", "main"), Rules{},
			Target{"staging", "staging", true, `branch "staging" is the staging branch`, false}},
		{"another branch", branch("feature", "main"), Rules{},
			Target{"", "branch-feature", false, `branch "feature" deploys nowhere: open a merge request or name an environment with --environment`, false}},

		// Where two rules meet.
		{"staging is the default branch", branch("staging", "staging"), Rules{},
			Target{"staging", "staging", true, `branch "staging" is the staging branch`, false}},
		{"main is not the default branch", branch("main", "develop"), Rules{},
			Target{"prod", "latest", true, `branch "main" is the production branch`, false}},
		{"branch main without a known default", branch("main", ""), Rules{},
			Target{"prod", "latest", true, `branch "main" is the production branch`, false}},
		{"no branch and no known default", Facts{}, Rules{},
			Target{"", "", false, "no branch, tag or merge request is known: name an environment with --environment", false}},
		{"merge request into the default branch of another name", mr("feature", "develop"), Rules{},
			Target{"mr-7", "mr-7", true, `merge request 7 into "develop"`, true}},
		{"merge request from main", mr("main", "develop"), Rules{},
			Target{"mr-7", "mr-7", true, `merge request 7 into "develop"`, true}},
		{"merge request into an unknown branch", mr("feature", ""), Rules{},
			Target{"mr-7", "mr-7", true, `merge request 7`, true}},
		{"branch main with a merge request", Facts{MergeRequest: "7", SourceBranch: "main", Branch: "main"}, Rules{},
			Target{"prod", "latest", true, `branch "main" is the production branch`, false}},
		{"scheduled pipeline of main", Facts{Branch: "main", Scheduled: true}, Rules{},
			Target{"prod", "latest", true, `branch "main" is the production branch`, false}},

		// Names that only look like another.
		{"branch Main", branch("Main", "main"), Rules{},
			Target{"", "branch-Main", false, `branch "Main" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"branch latest", branch("latest", "main"), Rules{},
			Target{"", "branch-latest", false, `branch "latest" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"branch mr-7", branch("mr-7", "main"), Rules{},
			Target{"", "branch-mr-7", false, `branch "mr-7" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"branch prod", branch("prod", "main"), Rules{},
			Target{"", "branch-prod", false, `branch "prod" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"tag v1.2.3", Facts{Tag: "v1.2.3", DefaultBranch: "main"}, Rules{},
			Target{"", "tag-v1.2.3", false, `tag "v1.2.3" deploys nowhere: name an environment with --environment`, false}},
		{"tag main", Facts{Tag: "main", Branch: "main"}, Rules{},
			Target{"", "tag-main", false, `tag "main" deploys nowhere: name an environment with --environment`, false}},
		{"merge request 0", Facts{MergeRequest: "0", TargetBranch: "staging"}, Rules{},
			Target{"", "", false, `"0" is not the number of a merge request: name an environment with --environment`, false}},
		{"merge request of two lines", Facts{MergeRequest: "7\n8"}, Rules{},
			Target{"", "", false, `"7\n8" is not the number of a merge request: name an environment with --environment`, false}},
		{"merge request without a number", Facts{SourceBranch: "feature", TargetBranch: "staging"}, Rules{},
			Target{"", "", false, `the CI gives no number for the merge request of branch "feature": name its environment with --environment`, false}},
		{"merge request from a fork", Facts{MergeRequest: "7", TargetBranch: "staging", Fork: true}, Rules{},
			Target{"", "", false, `merge request "7" comes from a fork: review it, then name its environment with --environment`, false}},
		{"fork with a branch main", Facts{MergeRequest: "7", Branch: "main", Fork: true}, Rules{},
			Target{"", "", false, `merge request "7" comes from a fork: review it, then name its environment with --environment`, false}},

		// A project's own rules.
		{"own production branch", branch("release", "develop"), Rules{Production: "release"},
			Target{"prod", "latest", true, `branch "release" is the production branch`, false}},
		{"default branch beside an own production branch", branch("develop", "develop"), Rules{Production: "release"},
			Target{"", "branch-develop", false, `branch "develop" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"main beside an own production branch", branch("main", ""), Rules{Production: "release"},
			Target{"", "branch-main", false, `branch "main" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"merge request into an own production branch", mr("feature", "release"), Rules{Production: "release"},
			Target{"", "mr-7", false, `merge request 7 goes into the production branch "release": merge it, or name an environment with --environment`, false}},
		{"own staging branch", branch("develop", "develop"), Rules{Staging: "develop"},
			Target{"staging", "staging", true, `branch "develop" is the staging branch`, false}},
		{"staging beside an own staging branch", branch("staging", "main"), Rules{Staging: "develop"},
			Target{"", "branch-staging", false, `branch "staging" deploys nowhere: open a merge request or name an environment with --environment`, false}},
		{"one branch for both", branch("main", "main"), Rules{Production: "main", Staging: "main"},
			Target{"staging", "staging", true, `branch "main" is the staging branch`, false}},
		{"trunk: merge request into main", mr("feature", "main"), Rules{Trunk: true},
			Target{"mr-7", "mr-7", true, `merge request 7 into "main"`, true}},
	} {
		if got := TargetFor(c.facts, c.rules); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestTargetNamed(t *testing.T) {
	for name, want := range map[string]Target{
		"mr-7":    {"mr-7", "mr-7", true, `environment "mr-7" is named`, true},
		"staging": {"staging", "staging", true, `environment "staging" is named`, false},
		"prod":    {"prod", "latest", true, `environment "prod" is named`, false},
		"qa":      {"qa", "env-qa", true, `environment "qa" is named`, false},
		"latest":  {"latest", "env-latest", true, `environment "latest" is named`, false},
	} {
		if got, err := TargetNamed(name); err != nil || got != want {
			t.Errorf("TargetNamed(%q) = %+v, %v, want %+v", name, got, err, want)
		}
	}
	for _, name := range []string{"", "MR-7", "mr-01", "../prod", "mr-7\n"} {
		if got, err := TargetNamed(name); err == nil || got != (Target{}) {
			t.Errorf("TargetNamed(%q) = %+v, %v, want an error", name, got, err)
		}
	}
}

// TestTargetProperties: whatever the facts, the environment and the tag are fit for use, only a merge request's
// environment is destroyable, production needs its branch, and nothing but production moves "latest".
func TestTargetProperties(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	words := []string{"", "", "", "main", "staging", "trunk", "latest", "mr-7", "7", "0", "12/1", "feature/x", "a b", "é", "../x", "x\ny", strings.Repeat("long/", 60), strings.Repeat("a", 300)}
	word := func() string { return words[random.Intn(len(words))] }
	deployed := map[string]int{}
	for range 200_000 {
		f := Facts{
			MergeRequest: word(), SourceBranch: word(), TargetBranch: word(), DefaultBranch: word(), Branch: word(), Tag: word(),
			Fork: random.Intn(4) == 0,
		}
		got := TargetFor(f, Rules{Trunk: random.Intn(2) == 0})
		deployed[got.Environment]++
		switch {
		case got.Deploy != (got.Environment != ""), got.Deploy && environments.Validate(got.Environment) != nil:
			t.Fatalf("TargetFor(%+v) = %+v: deployment and environment differ", f, got)
		case got.Destroyable != environments.IsMergeRequest(got.Environment):
			t.Fatalf("TargetFor(%+v) = %+v: only a merge request's environment is destroyable", f, got)
		case got.Environment == environments.Production && (f.Fork || f.Tag != "" || f.Branch != "main" && f.Branch != f.DefaultBranch):
			t.Fatalf("TargetFor(%+v) = %+v: not the production branch", f, got)
		case (got.Tag == "latest") != (got.Environment == environments.Production), (got.Tag == environments.Staging) != (got.Environment == environments.Staging):
			t.Fatalf("TargetFor(%+v) = %+v: the tag is another environment's", f, got)
		case environments.IsMergeRequest(got.Tag) && got.Tag != "mr-"+f.MergeRequest:
			t.Fatalf("TargetFor(%+v) = %+v: the tag is another merge request's", f, got)
		case len(got.Tag) > 128 || strings.ContainsFunc(got.Tag, func(r rune) bool {
			return !tagForm.MatchString(string(r))
		}):
			t.Fatalf("TargetFor(%+v) = %+v: not an image tag", f, got)
		case got.Reason == "" || strings.Contains(got.Reason, "\n"):
			t.Fatalf("TargetFor(%+v) = %+v: the reason is not one line", f, got)
		}
	}
	for _, environment := range []string{"", "mr-7", environments.Staging, environments.Production} {
		if deployed[environment] < 1000 {
			t.Errorf("only %d targets were %q: the test says too little", deployed[environment], environment)
		}
	}
}
