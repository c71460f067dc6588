package ci

import "strings"

// Jenkins: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables and, for multibranch
// projects, https://plugins.jenkins.io/branch-api/ (a controller lists them all at /env-vars.html).
//
// In a multibranch project BRANCH_NAME is the branch, the tag, or a name such as "PR-7", and the last segment of JOB_NAME
// is the same, encoded. CHANGE_FORK is set for forks only. JENKINS_URL is set when the controller knows its URL,
// JENKINS_HOME always. An ID token has the name that the job's credentials binding gives it.
var jenkinsVariables = []string{
	"JENKINS_URL", "JENKINS_HOME", "JOB_NAME", "BRANCH_NAME", "BRANCH_IS_PRIMARY", "TAG_NAME", "CHANGE_ID", "CHANGE_BRANCH",
	"CHANGE_TARGET", "CHANGE_FORK", "GIT_BRANCH", "GIT_COMMIT", "BUILD_URL", "BUILD_TAG", "BUILD_ID",
}

func jenkins(get lookup) (Facts, bool) {
	if get.first("JENKINS_URL", "JENKINS_HOME") == "" {
		return Facts{}, false
	}
	f := Facts{
		Project:      get("JOB_NAME"),
		MergeRequest: get("CHANGE_ID"),
		SourceBranch: get("CHANGE_BRANCH"),
		TargetBranch: get("CHANGE_TARGET"),
		Fork:         get("CHANGE_FORK") != "",
		Tag:          get("TAG_NAME"),
		Commit:       get("GIT_COMMIT"),
		JobURL:       get("BUILD_URL"),
		PipelineURL:  get("BUILD_URL"),
		JobID:        get.first("BUILD_TAG", "BUILD_ID"),
		PipelineID:   get("BUILD_ID"),
	}
	multibranch := get("BRANCH_NAME")
	if multibranch != "" {
		f.Project = f.Project[:max(0, strings.LastIndex(f.Project, "/"))]
	}
	if f.MergeRequest != "" || f.Tag != "" {
		return f, true
	}
	f.Branch = multibranch
	if f.Branch == "" {
		f.Branch = strings.TrimPrefix(get("GIT_BRANCH"), "origin/")
	}
	if get("BRANCH_IS_PRIMARY") == "true" {
		f.DefaultBranch = f.Branch
	}
	return f, true
}
