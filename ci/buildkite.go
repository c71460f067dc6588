package ci

import (
	"net/url"
	"strings"
)

// Buildkite: https://buildkite.com/docs/pipelines/configure/environment-variables
//
// BUILDKITE_PULL_REQUEST is "false" when there is none. BUILDKITE_BRANCH is the source branch in a pull request's build,
// of the fork if it comes from one, and the tag in a tag's build. BUILDKITE_COMMIT can be a symbolic name such as HEAD. The ID
// token is requested with `buildkite-agent oidc request-token`: https://buildkite.com/docs/pipelines/security/oidc
var buildkiteVariables = []string{
	"BUILDKITE", "BUILDKITE_ORGANIZATION_SLUG", "BUILDKITE_PIPELINE_SLUG", "BUILDKITE_PULL_REQUEST", "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
	"BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO", "BUILDKITE_PIPELINE_DEFAULT_BRANCH", "BUILDKITE_BRANCH", "BUILDKITE_TAG",
	"BUILDKITE_COMMIT", "BUILDKITE_SOURCE", "BUILDKITE_BUILD_URL", "BUILDKITE_JOB_ID", "BUILDKITE_BUILD_ID",
}

func buildkite(get lookup) (Facts, bool) {
	if get("BUILDKITE") != "true" {
		return Facts{}, false
	}
	f := Facts{
		Project:       join(get("BUILDKITE_ORGANIZATION_SLUG"), "/", get("BUILDKITE_PIPELINE_SLUG")),
		DefaultBranch: get("BUILDKITE_PIPELINE_DEFAULT_BRANCH"),
		Branch:        get("BUILDKITE_BRANCH"),
		Tag:           get("BUILDKITE_TAG"),
		Commit:        get("BUILDKITE_COMMIT"),
		Scheduled:     get("BUILDKITE_SOURCE") == "schedule",
		JobURL:        join(get("BUILDKITE_BUILD_URL"), "#", get("BUILDKITE_JOB_ID")),
		PipelineURL:   get("BUILDKITE_BUILD_URL"),
		JobID:         get("BUILDKITE_JOB_ID"),
		PipelineID:    get("BUILDKITE_BUILD_ID"),
	}
	if strings.Trim(f.Commit, "0123456789abcdef") != "" {
		f.Commit = ""
	}
	if f.Tag != "" {
		f.Branch = ""
	}
	if number := get("BUILDKITE_PULL_REQUEST"); number != "" && number != "false" {
		f.MergeRequest = number
		f.SourceBranch, f.Branch = f.Branch, ""
		f.TargetBranch = get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")
		from := get("BUILDKITE_PULL_REQUEST_REPO")
		f.Fork = from != "" && repository(from) != repository(get("BUILDKITE_REPO"))
	}
	return f, true
}

// repository normalizes a clone address: "git@host:a/b.git" and "https://host/a/b" become "host/a/b".
func repository(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = u.Hostname() + u.Path
	} else {
		address = address[strings.LastIndex(address, "@")+1:]
		address = strings.Replace(address, ":", "/", 1)
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(address, "/"), ".git"))
}
