package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Actions that a session may be narrowed to, for a registry step.
var (
	// PushActions create a repository, push to it and pull from it.
	PushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository",
		"ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload",
		"ecr:ListImages", "ecr:PutImage", "ecr:UploadLayerPart",
	}
	// PullActions pull only.
	PullActions = []string{"ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"}
	// RetentionActions read a repository, preview a lifecycle policy and set it.
	RetentionActions = []string{
		"ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview",
		"ecr:PutLifecyclePolicy", "ecr:StartLifecyclePolicyPreview",
	}
)

// repositoryForm is ECR's grammar for a repository's name (CreateRepository in its API reference).
var repositoryForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// longestPolicy is what STS takes as an inline session policy, in characters.
const longestPolicy = 2048

// ForRepositories returns a session that may do no more than the actions on the repositories, by an inline session
// policy on the same role. Without a role there is nothing to narrow: the same session comes back with a note that
// says so.
func (s *Session) ForRepositories(ctx context.Context, actions []string, repositories ...string) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if s.cfg.RoleARN == "" {
		wide := *s
		wide.Notes = append(append([]string{}, s.Notes...), "the registry step has all rights of the "+s.Source+": give a role to narrow them")
		return &wide, nil
	}
	policy, err := RepositoryPolicy(s.partition(), s.cfg.Region, s.Identity.Account, actions, repositories...)
	if err != nil {
		return nil, err
	}
	return open(ctx, s.cfg, s.source, policy, nil)
}

// partition is the second part of the identity's ARN, "aws" or "aws-cn".
func (s *Session) partition() string {
	if parts := strings.SplitN(s.Identity.ARN, ":", 3); len(parts) == 3 {
		return parts[1]
	}
	return "aws"
}

// RepositoryPolicy is the session policy that allows the actions on the repositories and a registry login, and nothing
// else. A login is not for one repository, so AWS wants "*" there.
func RepositoryPolicy(partition, region, account string, actions []string, repositories ...string) (string, error) {
	const op = "writing the session policy of a registry step"
	if len(repositories) == 0 || len(actions) == 0 {
		return "", configError(op, "no repository or no action", "name at least one of each")
	}
	type statement struct {
		Effect   string
		Action   []string
		Resource []string
	}
	var arns []string
	for _, r := range repositories {
		if err := checkRepository(r); err != nil {
			return "", err
		}
		arns = append(arns, fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition, region, account, r))
	}
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{
		{"Allow", []string{"ecr:GetAuthorizationToken"}, []string{"*"}},
		{"Allow", actions, arns},
	}})
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	if len(text) > longestPolicy {
		return "", configError(op, fmt.Sprintf("%d characters are over the limit of %d", len(text), longestPolicy), "name fewer repositories")
	}
	return string(text), nil
}

// checkRepository refuses a name that ECR refuses, wildcards among them.
func checkRepository(name string) error {
	if len(name) < 2 || len(name) > 256 || !repositoryForm.MatchString(name) {
		return configError(fmt.Sprintf("checking repository %q", name), "not a name that ECR takes",
			"use 2 to 256 lower-case letters, digits, single separators (._-) and slashes")
	}
	return nil
}
