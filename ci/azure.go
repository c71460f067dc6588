package ci

import (
	"net/url"
	"strings"
)

// Azure Pipelines: https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
//
// The variable Build.SourceBranch is BUILD_SOURCEBRANCH in the environment, and so on. BUILD_SOURCEBRANCHNAME is not
// used: it is only the last segment. For GitHub repositories PULLREQUESTID is not the pull request's number. A macro
// without a value stays "$(Name)" when a step maps it, which counts as not set. The default branch is in no variable.
// The ID token is requested from SYSTEM_OIDCREQUESTURI with SYSTEM_ACCESSTOKEN.
var azureVariables = []string{
	"TF_BUILD", "BUILD_REPOSITORY_PROVIDER", "BUILD_REPOSITORY_NAME", "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT",
	"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID", "SYSTEM_PULLREQUEST_SOURCEBRANCH",
	"SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_ISFORK", "BUILD_SOURCEBRANCH", "BUILD_SOURCEVERSION", "BUILD_REASON",
	"BUILD_BUILDID", "SYSTEM_JOBID",
}

func azure(env lookup) (Facts, bool) {
	if env("TF_BUILD") != "True" {
		return Facts{}, false
	}
	get := lookup(func(name string) string {
		value := env(name)
		if strings.HasPrefix(value, "$(") {
			return ""
		}
		return value
	})
	project := get("BUILD_REPOSITORY_NAME")
	if get("BUILD_REPOSITORY_PROVIDER") == "TfsGit" {
		project = join(get("SYSTEM_TEAMPROJECT"), "/", project)
	}
	branch, tag, request := ref(get("BUILD_SOURCEBRANCH"))
	if n := get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"); n != "" {
		request = n
	} else if request == "" {
		request = get("SYSTEM_PULLREQUEST_PULLREQUESTID")
	}
	run := join(strings.TrimSuffix(get("SYSTEM_COLLECTIONURI"), "/"), "/", url.PathEscape(get("SYSTEM_TEAMPROJECT")),
		"/_build/results?buildId=", get("BUILD_BUILDID"))
	f := Facts{
		Project:      project,
		MergeRequest: request,
		SourceBranch: strings.TrimPrefix(get("SYSTEM_PULLREQUEST_SOURCEBRANCH"), "refs/heads/"),
		TargetBranch: strings.TrimPrefix(get("SYSTEM_PULLREQUEST_TARGETBRANCH"), "refs/heads/"),
		Fork:         strings.EqualFold(get("SYSTEM_PULLREQUEST_ISFORK"), "true"),
		Branch:       branch,
		Tag:          tag,
		Commit:       get("BUILD_SOURCEVERSION"),
		Scheduled:    get("BUILD_REASON") == "Schedule",
		JobURL:       join(run, "&view=logs&j=", get("SYSTEM_JOBID")),
		PipelineURL:  run,
		JobID:        get("SYSTEM_JOBID"),
		PipelineID:   get("BUILD_BUILDID"),
	}
	if f.MergeRequest != "" || f.SourceBranch != "" {
		f.Branch = ""
	}
	return f, true
}
