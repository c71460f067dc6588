package ci

import "net/url"

// Bitbucket Pipelines: https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
//
// BITBUCKET_BRANCH is the source branch in a pull request's pipeline and is not set for a tag. The token is set with
// "oidc: true": https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
// Pull requests from forks start no pipeline. The default branch and whether a timer started it are in no variable.
var bitbucketVariables = []string{
	"BITBUCKET_BUILD_NUMBER", "BITBUCKET_REPO_FULL_NAME", "BITBUCKET_PR_ID", "BITBUCKET_PR_DESTINATION_BRANCH", "BITBUCKET_BRANCH",
	"BITBUCKET_TAG", "BITBUCKET_COMMIT", "BITBUCKET_STEP_UUID", "BITBUCKET_STEP_OIDC_TOKEN",
}

func bitbucket(get lookup) (Facts, bool) {
	number := get("BITBUCKET_BUILD_NUMBER")
	if number == "" {
		return Facts{}, false
	}
	step := get("BITBUCKET_STEP_UUID") // in braces
	run := join("https://bitbucket.org/", get("BITBUCKET_REPO_FULL_NAME"), "/pipelines/results/", number)
	f := Facts{
		Project:         get("BITBUCKET_REPO_FULL_NAME"),
		MergeRequest:    get("BITBUCKET_PR_ID"),
		TargetBranch:    get("BITBUCKET_PR_DESTINATION_BRANCH"),
		Branch:          get("BITBUCKET_BRANCH"),
		Tag:             get("BITBUCKET_TAG"),
		Commit:          get("BITBUCKET_COMMIT"),
		JobURL:          join(run, "/steps/", url.PathEscape(step)),
		PipelineURL:     run,
		JobID:           step,
		PipelineID:      number,
		IDTokenVariable: get.firstSet("BITBUCKET_STEP_OIDC_TOKEN"),
	}
	if f.JobURL == "" {
		f.JobURL = run
	}
	if f.MergeRequest != "" {
		f.SourceBranch, f.Branch = f.Branch, ""
	}
	return f, true
}
