package ci

import (
	"os"
	"os/exec"
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
		"buildkite.yml":           `PIPELINE_TRUST=open PIPELINE_ROLE="$$AWS_ROLE_ARN"` + "\n      - case \"$$BUILDKITE_PULL_REQUEST$$BUILDKITE_TAG$$BUILDKITE_BRANCH\" in falsemain|falsestaging) PIPELINE_TRUST=protected",
		"Jenkinsfile":             "!params.DESTROY && !env.CHANGE_ID && !env.TAG_NAME && env.BRANCH_NAME in ['main', 'staging'] ? 'protected' : 'open'",
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

// A tag that is called after a protected branch is none: Jenkins and Buildkite give its name as that of the branch.
func TestTagIsNoBranch(t *testing.T) {
	text := example(t, system{file: "Jenkinsfile"})
	for value, tag := range map[string]string{"--trust=": "!env.TAG_NAME && ", "--role-arn=": "!env.TAG_NAME && ", "ENVIRONMENT = ": "env.TAG_NAME ? '' : ", "IMAGE_TAG = ": "env.TAG_NAME ? '' : "} {
		_, line, _ := strings.Cut(text, value)
		line, _, _ = strings.Cut(line, "\n")
		line, _, _ = strings.Cut(line, "} ")
		if before, _, found := strings.Cut(line, "env.BRANCH_NAME"); !found || !strings.Contains(before, tag) {
			t.Errorf("Jenkinsfile: %s%s asks for the branch before the tag", value, line)
		}
	}
	var script strings.Builder
	for line := range strings.SplitSeq(example(t, system{file: "buildkite.yml"}), "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		if strings.HasPrefix(line, "dagger ") || strings.HasPrefix(line, "'[ -z") {
			break
		}
		if strings.Contains(line, "PIPELINE_TRUST=") || strings.Contains(line, "ENVIRONMENT=") {
			script.WriteString(strings.ReplaceAll(line, "$$", "$") + "\n")
		}
	}
	for build, want := range map[string]string{
		"BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=main BUILDKITE_TAG=":                                        "protected prod latest protected-role",
		"BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=staging BUILDKITE_TAG=":                                     "protected staging staging protected-role",
		"BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=main BUILDKITE_TAG=main":                                    "open  mr-false open-role",
		"BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=staging BUILDKITE_TAG=staging":                              "open  mr-false open-role",
		"BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=feature BUILDKITE_TAG=":                                     "open  mr-false open-role",
		"BUILDKITE_PULL_REQUEST=7 BUILDKITE_BRANCH=main BUILDKITE_TAG= BUILDKITE_PULL_REQUEST_BASE_BRANCH=staging": "open mr-7 mr-7 open-role",
	} {
		run := exec.Command("sh", "-c", script.String()+`echo "$PIPELINE_TRUST $ENVIRONMENT $IMAGE_TAG $PIPELINE_ROLE"`)
		run.Env = append(strings.Fields(build), "PATH="+os.Getenv("PATH"), "AWS_ROLE_ARN=open-role", "AWS_PROTECTED_ROLE_ARN=protected-role")
		out, err := run.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("buildkite.yml, %s: %v, %q, want %q", build, err, got, want)
		}
	}
}
