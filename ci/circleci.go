package ci

import (
	"path"
	"regexp"
	"strings"
)

// requestNumber matches the number of a merge request.
var requestNumber = regexp.MustCompile(`^[1-9][0-9]*$`)

// CircleCI: https://circleci.com/docs/reference/variables/
//
// CircleCI builds branches. CIRCLE_PULL_REQUEST, a URL, is set when the branch also has a pull request, so both are kept:
// a push to main stays one although main is being merged elsewhere. CIRCLE_PR_NUMBER, CIRCLE_PR_USERNAME and
// CIRCLE_PR_REPONAME are set for forks only; CIRCLE_BRANCH is then "pull/N". The target and the default branch, a
// pipeline's URL and whether a timer started it are in no variable.
var circleVariables = []string{
	"CIRCLECI", "CIRCLE_PROJECT_USERNAME", "CIRCLE_PROJECT_REPONAME", "CIRCLE_PULL_REQUEST", "CIRCLE_PR_NUMBER", "CIRCLE_PR_USERNAME",
	"CIRCLE_PR_REPONAME", "CIRCLE_BRANCH", "CIRCLE_TAG", "CIRCLE_SHA1", "CIRCLE_BUILD_URL", "CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM",
	"CIRCLE_PIPELINE_ID", "CIRCLE_WORKFLOW_ID", "CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN",
}

func circle(get lookup) (Facts, bool) {
	if get("CIRCLECI") != "true" {
		return Facts{}, false
	}
	f := Facts{
		Project:         join(get("CIRCLE_PROJECT_USERNAME"), "/", get("CIRCLE_PROJECT_REPONAME")),
		MergeRequest:    get("CIRCLE_PR_NUMBER"),
		Fork:            get.first("CIRCLE_PR_NUMBER", "CIRCLE_PR_USERNAME", "CIRCLE_PR_REPONAME") != "",
		Branch:          get("CIRCLE_BRANCH"),
		Tag:             get("CIRCLE_TAG"),
		Commit:          get("CIRCLE_SHA1"),
		JobURL:          get("CIRCLE_BUILD_URL"),
		PipelineURL:     get("CIRCLE_BUILD_URL"),
		JobID:           get.first("CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"),
		PipelineID:      get.first("CIRCLE_PIPELINE_ID", "CIRCLE_WORKFLOW_ID"),
		IDTokenVariable: get.firstSet("CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN"),
	}
	if url := get("CIRCLE_PULL_REQUEST"); url != "" && f.MergeRequest == "" {
		f.MergeRequest = path.Base(url)
	}
	if number, ok := strings.CutPrefix(f.Branch, "pull/"); ok && requestNumber.MatchString(number) {
		f.MergeRequest, f.Fork = number, true
	}
	switch {
	case f.Fork:
		f.Branch = ""
	case f.MergeRequest != "":
		f.SourceBranch = f.Branch
	}
	return f, true
}
