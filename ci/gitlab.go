package ci

// GitLab CI: https://docs.gitlab.com/ci/variables/predefined_variables/
//
// CI_COMMIT_BRANCH is not set in merge request and tag pipelines. CI_PIPELINE_SOURCE is listed at
// https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable. ID tokens have the name that the
// job's id_tokens gives them; https://docs.gitlab.com/ci/cloud_services/aws/ uses GITLAB_OIDC_TOKEN.
var gitlabVariables = []string{
	"GITLAB_CI", "CI_PROJECT_PATH",
	"CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
	"CI_MERGE_REQUEST_PROJECT_PATH", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
	"CI_EXTERNAL_PULL_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
	"CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
	"CI_DEFAULT_BRANCH", "CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_COMMIT_SHA", "CI_PIPELINE_SOURCE",
	"CI_JOB_URL", "CI_PIPELINE_URL", "CI_JOB_ID", "CI_PIPELINE_ID", "GITLAB_OIDC_TOKEN",
}

func gitlab(get lookup) (Facts, bool) {
	if get("GITLAB_CI") != "true" {
		return Facts{}, false
	}
	f := Facts{
		Project:         get("CI_PROJECT_PATH"),
		MergeRequest:    get("CI_MERGE_REQUEST_IID"),
		SourceBranch:    get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
		TargetBranch:    get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
		Fork:            get("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH") != get("CI_MERGE_REQUEST_PROJECT_PATH"),
		DefaultBranch:   get("CI_DEFAULT_BRANCH"),
		Branch:          get("CI_COMMIT_BRANCH"),
		Tag:             get("CI_COMMIT_TAG"),
		Commit:          get("CI_COMMIT_SHA"),
		Head:            get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
		Scheduled:       get("CI_PIPELINE_SOURCE") == "schedule",
		JobURL:          get("CI_JOB_URL"),
		PipelineURL:     get("CI_PIPELINE_URL"),
		JobID:           get("CI_JOB_ID"),
		PipelineID:      get("CI_PIPELINE_ID"),
		IDTokenVariable: get.firstSet("GITLAB_OIDC_TOKEN"),
	}
	if external := get("CI_EXTERNAL_PULL_REQUEST_IID"); external != "" && f.MergeRequest == "" {
		f.MergeRequest = external
		f.SourceBranch = get("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME")
		f.TargetBranch = get("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")
		f.Fork = get("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY") != get("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY")
	}
	if f.MergeRequest != "" {
		f.Branch = ""
	}
	return f, true
}
