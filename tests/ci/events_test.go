package ci

import (
	"strings"
	"testing"
)

// Every system says protected for its protected branches only: where the word is left out, all runs are open.
func TestOnlyProtectedBranchesAreProtected(t *testing.T) {
	for file, want := range map[string]string{
		"github.yml":              "github.event_name == 'push' && github.ref_protected && 'protected' || 'open'",
		"circleci.yml":            "*) ENVIRONMENT=mr-${CIRCLE_PULL_REQUEST##*/} IMAGE_TAG=mr-${CIRCLE_PULL_REQUEST##*/} PIPELINE_TRUST=open",
		"azure-pipelines.yml":     "if and(eq(parameters.destroy, 'none'), in(variables['Build.SourceBranch'], 'refs/heads/main', 'refs/heads/staging')) }}:\n    PIPELINE_TRUST: protected",
		"bitbucket-pipelines.yml": "PIPELINE_TRUST=open PIPELINE_ROLE=$AWS_ROLE_ARN\n          - if [ -n \"$BITBUCKET_DEPLOYMENT_ENVIRONMENT\" ]; then PIPELINE_TRUST=protected",
		"buildkite.yml":           `PIPELINE_TRUST=open PIPELINE_ROLE="$$AWS_ROLE_ARN"` + "\n      - case \"$$BUILDKITE_PULL_REQUEST$$BUILDKITE_BRANCH\" in falsemain|falsestaging) PIPELINE_TRUST=protected",
		"Jenkinsfile":             "!params.DESTROY && !env.CHANGE_ID && env.BRANCH_NAME in ['main', 'staging'] ? 'protected' : 'open'",
	} {
		text := example(t, system{file: file})
		if !strings.Contains(text, want) {
			t.Errorf("%s: no %q", file, want)
		}
		if n := strings.Count(text, "protected'") + strings.Count(text, "TRUST=protected") + strings.Count(text, "TRUST: protected"); n != 1 {
			t.Errorf("%s: %d places say protected", file, n)
		}
	}
}

// Neither code of a fork nor a timer deploys, nor does a branch that is run by hand, where the system tells them.
func TestForksAndTimersDeployNothing(t *testing.T) {
	for file, want := range map[string][]string{
		"github.yml":          {"on:\n  pull_request:\n", "push:\n    branches: [main, staging]\n\n", "github.event.pull_request.head.repo.full_name == github.repository"},
		"circleci.yml":        {`0/pull/*) halt "of a fork"`, "equal: [scheduled_pipeline, << pipeline.trigger_source >>]", `*) [ -n "$CIRCLE_PULL_REQUEST" ] || halt "no pull request"`},
		"azure-pipelines.yml": {"and(ne(variables['System.PullRequest.IsFork'], 'True'), ne(variables['Build.Reason'], 'Schedule'), or(eq(variables['Build.Reason'], 'PullRequest'), in(variables['Build.SourceBranch'], 'refs/heads/main', 'refs/heads/staging')))", "eq(variables['Build.SourceBranch'], 'refs/heads/main') }}:\n    ENVIRONMENT: prod"},
		"buildkite.yml":       {`if: build.source != "schedule" && build.pull_request.repository.fork != true && `},
		"Jenkinsfile":         {"!env.CHANGE_FORK", "not { triggeredBy 'TimerTrigger' }"},
	} {
		text := example(t, system{file: file})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q", file, part)
			}
		}
	}
}
