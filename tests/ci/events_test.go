package ci

import (
	"strings"
	"testing"
)

// Every system says protected for its protected branches only: where the word is left out, all runs are open.
func TestOnlyProtectedBranchesAreProtected(t *testing.T) {
	for file, want := range map[string]string{
		"github.yml":              "github.event_name == 'push' && github.ref_protected && 'protected' || 'open'",
		"circleci.yml":            "*) ENVIRONMENT=${CIRCLE_PULL_REQUEST:+mr-${CIRCLE_PULL_REQUEST##*/}} IMAGE_TAG=$ENVIRONMENT PIPELINE_TRUST=open",
		"azure-pipelines.yml":     "if and(eq(parameters.destroy, 'none'), in(variables['Build.SourceBranch'], 'refs/heads/main', 'refs/heads/staging')) }}:\n    PIPELINE_TRUST: protected",
		"bitbucket-pipelines.yml": "PIPELINE_TRUST=open PIPELINE_ROLE=$AWS_ROLE_ARN\n          - if [ -n \"$BITBUCKET_DEPLOYMENT_ENVIRONMENT\" ]; then PIPELINE_TRUST=protected",
		"buildkite.yml":           `PIPELINE_TRUST=open PIPELINE_ROLE="$$AWS_ROLE_ARN"` + "\n      - case \"$$BUILDKITE_PULL_REQUEST$$BUILDKITE_BRANCH\" in falsemain|falsestaging) PIPELINE_TRUST=protected",
		"Jenkinsfile":             "!params.DESTROY && !env.CHANGE_ID && env.BRANCH_NAME in ['main', 'staging'] ? 'protected' : 'open'",
	} {
		text := example(t, system{file: file})
		if !strings.Contains(text, want) {
			t.Errorf("%s: no %q", file, want)
		}
		if n := strings.Count(text, "protected'") + strings.Count(text, "TRUST=protected") + strings.Count(text, "TRUST: protected"); n != 1+len(strings.SplitAfter(text, betweenFiles))-1 {
			t.Errorf("%s: %d places say protected", file, n)
		}
	}
}

// Neither code of a fork nor a timer deploys, nor does a branch without a request, where the system tells them.
func TestForksAndTimersDeployNothing(t *testing.T) {
	for file, want := range map[string][]string{
		"github.yml":          {"push:\n    branches: [main, staging]\n\n", "github.base_ref != 'main' && github.event.pull_request.head.repo.full_name == github.repository && format"},
		"circleci.yml":        {"ENVIRONMENT=${CIRCLE_PULL_REQUEST:+mr-", "equal: [scheduled_pipeline, << pipeline.trigger_source >>]"},
		"azure-pipelines.yml": {"condition: ne(variables['Build.Reason'], 'Schedule')", "eq(variables['Build.SourceBranch'], 'refs/heads/main') }}:\n    ENVIRONMENT: prod"},
		"buildkite.yml":       {`if: build.source != "schedule" && build.pull_request.repository.fork != true` + "\n", `|| [ "$$BUILDKITE_PULL_REQUEST" = false ]; then ENVIRONMENT=; fi`},
		"Jenkinsfile":         {"!env.CHANGE_FORK", "not { triggeredBy 'TimerTrigger' }", "env.BRANCH_NAME == 'main' ? 'prod' : ''}"},
	} {
		text := example(t, system{file: file})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q", file, part)
			}
		}
	}
}

// A job that a system skips counts as passed, so a branch without a request is tested, and code of a fork is tested or fails.
func TestNothingPassesUntested(t *testing.T) {
	for file, want := range map[string][]string{
		"circleci.yml":        {"case $CIRCLE_BRANCH in pull/*)", "exit 1 ;; esac"},
		"azure-pipelines.yml": {"read it\"; exit 1\n            condition: eq(variables['System.PullRequest.IsFork'], 'True')\n          - checkout: self\n"},
		"buildkite.yml":       {"if: build.pull_request.repository.fork == true\n    command: echo ", "; exit 1\n"},
		"Jenkinsfile":         {"expression { !params.DESTROY && env.CHANGE_FORK } }\n            steps { error "},
	} {
		text := example(t, system{file: file})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q", file, part)
			}
		}
		for _, no := range []string{"step halt", "changeRequest()", "build.pull_request.id != null ||", "or(eq(variables['Build.Reason']"} {
			if strings.Contains(text, no) {
				t.Errorf("%s: %q makes a run pass without a test", file, no)
			}
		}
	}
}

// Tests that write no report may pass: what takes reports must not fail without them.
func TestReportsMayBeMissing(t *testing.T) {
	if want := "junit allowEmptyResults: true"; !strings.Contains(example(t, system{file: "Jenkinsfile"}), want) {
		t.Errorf("Jenkinsfile: no %q", want)
	}
}
