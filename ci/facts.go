package ci

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// System names a CI system.
type System string

// The CI systems that Detect knows.
const (
	GitLab    System = "gitlab"
	GitHub    System = "github"
	CircleCI  System = "circleci"
	Azure     System = "azure"
	Bitbucket System = "bitbucket"
	Buildkite System = "buildkite"
	Jenkins   System = "jenkins"
)

// Facts are what a CI system says about the running pipeline. A fact that the system does not provide is empty.
type Facts struct {
	System  System
	Project string // the repository's path, such as "group/project"

	MergeRequest string // the merge or pull request's number in its project, such as "7"
	SourceBranch string // the branch to be merged
	TargetBranch string // the branch to be merged into
	Fork         bool   // the merge request comes from another repository; GitHub Actions does not tell

	DefaultBranch string
	Branch        string // the branch that the pipeline is for; empty in a merge request's own pipeline and for a tag
	Tag           string // the Git tag that the pipeline is for
	Commit        string // what is checked out: in a merged-result pipeline the merge commit, not the source branch's head
	Head          string `json:",omitempty"` // the source branch's head, where it is not what is checked out; GitHub Actions does not tell
	Scheduled     bool   // a timer started the pipeline; CircleCI, Bitbucket and Jenkins do not tell

	JobURL      string // where a person reads the job's log; the pipeline's where the system has no variable for it
	PipelineURL string // where a person sees the pipeline; the job's where the system has no variable for it
	JobID       string
	PipelineID  string

	// IDTokenVariable names the variable that holds an OpenID Connect token of the job, if one is set. GitHub Actions,
	// Azure Pipelines, Buildkite and Jenkins set none: there a step requests the token.
	IDTokenVariable string
}

// lookup returns the value of a variable, empty when it is not set.
type lookup func(name string) string

type system struct {
	name      System
	variables []string
	read      func(lookup) (Facts, bool)
}

// systems in the order they are tried. Jenkins is last: a job elsewhere may hold JENKINS_URL to call a Jenkins.
var systems = []system{
	{GitLab, gitlabVariables, gitlab},
	{GitHub, githubVariables, github},
	{CircleCI, circleVariables, circle},
	{Azure, azureVariables, azure},
	{Bitbucket, bitbucketVariables, bitbucket},
	{Buildkite, buildkiteVariables, buildkite},
	{Jenkins, jenkinsVariables, jenkins},
}

// Detect finds the CI system from its variables and reads its facts; false for an unknown system. A module
// cannot see the CI's variables itself: the caller passes a look-up, such as os.LookupEnv on a runner.
func Detect(env func(string) (string, bool)) (Facts, bool) {
	get := func(name string) string {
		value, _ := env(name)
		return value
	}
	for _, system := range systems {
		if facts, ok := system.read(get); ok {
			facts.System = system.name
			return facts, true
		}
	}
	return Facts{}, false
}

// FromMap is Detect on a map.
func FromMap(variables map[string]string) (Facts, bool) {
	return Detect(func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
}

// FromDotenv is Detect on KEY=value lines in the form that ParseDotenv reads.
//
// Pass it only the names that Variables lists, never the output of `env`: that contains the job's secrets, and it
// prints multi-line values as they are, so that a line of a commit message could pass for a variable. FromFile
// enforces this.
func FromDotenv(text string) (Facts, bool, error) {
	variables, err := ParseDotenv(text)
	if err != nil {
		return Facts{}, false, err
	}
	facts, ok := FromMap(variables)
	return facts, ok, nil
}

// FromFile is FromDotenv on a file that somebody wrote for it. A name that is not a fact is an error: with a job's token
// in it, the file has come too far already, and a grep of the output of `env` picks up lines of commit messages.
func FromFile(text string) (Facts, bool, error) {
	variables, err := ParseDotenv(text)
	if err != nil {
		return Facts{}, false, fmt.Errorf("reading the CI's facts: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if !isFact(name) {
			return Facts{}, false, fmt.Errorf("reading the CI's facts: %q is none and may be a secret: write no other variables into the file than docs/retention.md names", name)
		}
	}
	facts, ok := FromMap(variables)
	return facts, ok, nil
}

// isFact reports whether Detect reads a variable for some system, tokens left out.
func isFact(name string) bool {
	return !strings.Contains(name, "TOKEN") && slices.ContainsFunc(systems, func(s system) bool { return slices.Contains(s.variables, name) })
}

// Variables lists the names that Detect reads for a system. Only the ID token's holds a secret, and only whether it is
// set matters.
func Variables(system System) []string {
	for _, s := range systems {
		if s.name == system {
			return slices.Clone(s.variables)
		}
	}
	return nil
}

// first returns the value of the first name that has one.
func (get lookup) first(names ...string) string {
	if name := get.firstSet(names...); name != "" {
		return get(name)
	}
	return ""
}

// firstSet returns the first name that has a value, or "".
func (get lookup) firstSet(names ...string) string {
	for _, name := range names {
		if get(name) != "" {
			return name
		}
	}
	return ""
}

// ref splits a full Git ref: "refs/heads/a/b" is branch "a/b", "refs/tags/v1" tag "v1", "refs/pull/7/merge" request "7".
func ref(name string) (branch, tag, request string) {
	if b, ok := strings.CutPrefix(name, "refs/heads/"); ok {
		return b, "", ""
	}
	if t, ok := strings.CutPrefix(name, "refs/tags/"); ok {
		return "", t, ""
	}
	if p, ok := strings.CutPrefix(name, "refs/pull/"); ok {
		number, _, _ := strings.Cut(p, "/")
		return "", "", number
	}
	return "", "", ""
}

// join joins the parts, or returns "" if one of them is missing.
func join(parts ...string) string {
	if slices.Contains(parts, "") {
		return ""
	}
	return strings.Join(parts, "")
}
