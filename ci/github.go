package ci

import "strings"

// GitHub Actions: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
//
// For pull_request GITHUB_REF is refs/pull/N/merge. For pull_request_target, and for pull_request once merged, it is the
// base branch: the number is then in no variable, and that branch must not pass for the one that the pipeline is for.
// Default branch, fork and a job's URL are in no variable. The ID token is requested with ACTIONS_ID_TOKEN_REQUEST_URL
// and ACTIONS_ID_TOKEN_REQUEST_TOKEN: https://docs.github.com/en/actions/reference/security/oidc
var githubVariables = []string{
	"GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_EVENT_NAME", "GITHUB_REF", "GITHUB_HEAD_REF", "GITHUB_BASE_REF", "GITHUB_SHA",
	"GITHUB_SERVER_URL", "GITHUB_RUN_ID", "GITHUB_JOB",
}

func github(get lookup) (Facts, bool) {
	if get("GITHUB_ACTIONS") != "true" {
		return Facts{}, false
	}
	branch, tag, request := ref(get("GITHUB_REF"))
	run := join(get("GITHUB_SERVER_URL"), "/", get("GITHUB_REPOSITORY"), "/actions/runs/", get("GITHUB_RUN_ID"))
	f := Facts{
		Project:      get("GITHUB_REPOSITORY"),
		MergeRequest: request,
		SourceBranch: get("GITHUB_HEAD_REF"),
		TargetBranch: get("GITHUB_BASE_REF"),
		Branch:       branch,
		Tag:          tag,
		Commit:       get("GITHUB_SHA"),
		Scheduled:    get("GITHUB_EVENT_NAME") == "schedule",
		JobURL:       run,
		PipelineURL:  run,
		JobID:        get("GITHUB_JOB"),
		PipelineID:   get("GITHUB_RUN_ID"),
	}
	if f.SourceBranch != "" || strings.HasPrefix(get("GITHUB_EVENT_NAME"), "pull_request") {
		f.Branch = ""
	}
	return f, true
}
