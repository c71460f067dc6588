package ci

import (
	"fmt"
	"regexp"

	"dagger/pipeline/environments"
)

// Target is what a pipeline deploys to.
type Target struct {
	Environment string // "mr-7", "staging", "prod"; empty when there is no deployment
	Tag         string // the moving image tag: "mr-7", "staging", "latest", "branch-..." or "tag-..."; empty when there is none
	Deploy      bool
	Reason      string // why, in one line; without a deployment it ends with what to try
	Destroyable bool   // the environment may be destroyed: those of merge requests only
}

// Rules name the branches that deploy to the lasting environments.
type Rules struct {
	// Production is the branch of "prod". Empty means "main", and also the default branch if the CI system reports it; a
	// project that does not release from its default branch sets it.
	Production string

	// Staging is the branch of "staging"; empty means the branch "staging".
	Staging string

	// Trunk gives merge requests into the production branch an environment. Without it they are treated as releases,
	// such as from staging to main, whose changes already had one.
	Trunk bool
}

// TargetFor decides where a pipeline deploys to:
//
//	branch staging                     staging    tag staging
//	branch main or the default branch  prod       tag latest
//	merge request not into main        mr-<iid>   tag mr-<iid>
//	anything else                      no deployment
//
// Branches come first because CircleCI reports both the branch and its merge request. If the CI system does not report
// the target branch, as CircleCI does not, it counts as different from main. These rules never deploy a merge request
// from a fork: it is not the project's own code.
func TargetFor(f Facts, rules Rules) Target {
	production, staging := rules.Production, rules.Staging
	if production == "" {
		production = "main"
	}
	if staging == "" {
		staging = "staging"
	}
	request := "mr-" + f.MergeRequest
	switch {
	case f.Fork:
		return none("", "merge request %q comes from a fork: review it, then name its environment with --environment", f.MergeRequest)
	case f.Tag != "":
		return none("tag-"+imageTag(f.Tag), "tag %q deploys nowhere: name an environment with --environment", f.Tag)
	case f.Branch == staging:
		return deploy(environments.Staging, "branch %q is the staging branch", f.Branch)
	case f.Branch == production:
		return deploy(environments.Production, "branch %q is the production branch", f.Branch)
	case f.Branch != "" && f.Branch == f.DefaultBranch && rules.Production == "":
		return deploy(environments.Production, "branch %q is the default branch", f.Branch)
	case f.MergeRequest != "" && !environments.IsMergeRequest(request):
		return none("", "%q is not the number of a merge request: name an environment with --environment", f.MergeRequest)
	case f.MergeRequest != "" && f.TargetBranch == production && !rules.Trunk:
		return none(request, "merge request %s goes into the production branch %q: merge it, or name an environment with --environment",
			f.MergeRequest, f.TargetBranch)
	case f.MergeRequest != "" && f.TargetBranch == "":
		return deploy(request, "merge request %s", f.MergeRequest)
	case f.MergeRequest != "":
		return deploy(request, "merge request %s into %q", f.MergeRequest, f.TargetBranch)
	case f.SourceBranch != "" || f.TargetBranch != "":
		return none("", "the CI gives no number for the merge request of branch %q: name its environment with --environment", f.SourceBranch)
	case f.Branch != "":
		return none("branch-"+imageTag(f.Branch), "branch %q deploys nowhere: open a merge request or name an environment with --environment", f.Branch)
	}
	return none("", "no branch, tag or merge request is known: name an environment with --environment")
}

// TargetNamed is the target for an environment that a person or a job names. The error is ValidateEnvironment's.
func TargetNamed(environment string) (Target, error) {
	if err := environments.Validate(environment); err != nil {
		return Target{}, err
	}
	return deploy(environment, "environment %q is named", environment), nil
}

func deploy(environment, reason string, args ...any) Target {
	tag := environment
	switch {
	case environment == environments.Production:
		tag = "latest"
	case environment != environments.Staging && !environments.IsMergeRequest(environment):
		tag = "env-" + environment // one called "latest" must not move production's tag
	}
	return Target{
		Environment: environment,
		Tag:         tag,
		Deploy:      true,
		Reason:      fmt.Sprintf(reason, args...),
		Destroyable: environments.IsMergeRequest(environment),
	}
}

func none(tag, reason string, args ...any) Target {
	return Target{Tag: tag, Reason: fmt.Sprintf(reason, args...)}
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{0,100}$`)

// imageTag makes a branch or tag name valid in an image tag, which allows letters, digits, "_", "." and "-". It leaves
// room for a prefix: a tag has at most 128 characters.
func imageTag(name string) string {
	if tagForm.MatchString(name) {
		return name
	}
	return environments.Sanitize(name)
}
