package ecr

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// Actions that the session of a registry step may be narrowed to.
var (
	// PushActions create a repository, push to it and pull from it.
	PushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository",
		"ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload",
		"ecr:ListImages", "ecr:PutImage", "ecr:UploadLayerPart",
	}
	// PullActions pull only.
	PullActions = []string{"ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"}
	// RetentionActions read a repository, tag deployed images, preview a lifecycle policy, set it and restore the old one.
	RetentionActions = []string{
		"ecr:BatchGetImage", "ecr:DeleteLifecyclePolicy", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy",
		"ecr:GetLifecyclePolicyPreview", "ecr:PutImage", "ecr:PutLifecyclePolicy", "ecr:StartLifecyclePolicyPreview",
	}
	// DeployActions pull and tag, DestroyActions pull and remove a tag.
	DeployActions  = append([]string{"ecr:PutImage"}, PullActions...)
	DestroyActions = append([]string{"ecr:BatchDeleteImage"}, PullActions...)
)

// repositoryForm is ECR's grammar for a repository's name (CreateRepository in its API reference).
var repositoryForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// longestPolicy is the longest inline session policy that STS accepts, in characters.
const longestPolicy = 2048

// Grant is what a session may do with some repositories.
type Grant struct{ Actions, Repositories []string }

// Narrow returns a session limited to the grants on repositories of a registry ("" for that of its own account), by an
// inline session policy on the same role. Without a role there is nothing to narrow: the same session is returned with
// a note that says so.
func Narrow(ctx context.Context, s *aws.Session, registry string, grants ...Grant) (*aws.Session, error) {
	if !s.HasRole() {
		return s.Noted("the registry step has all rights of the " + s.Source + ": give a role to narrow them"), nil
	}
	policy, err := RepositoryPolicy(s.Partition(), s.SDK().Region, cmp.Or(registry, s.Identity.Account), grants...)
	if err != nil {
		return nil, err
	}
	return s.Narrowed(ctx, policy)
}

// RepositoryPolicy is the session policy that allows the grants on an account's repositories and a registry login,
// and nothing else. A login is not limited to a repository, so AWS requires "*" there.
func RepositoryPolicy(partition, region, account string, grants ...Grant) (string, error) {
	const op = "writing the session policy of a registry step"
	type statement struct {
		Effect   string
		Action   []string
		Resource []string
	}
	statements := []statement{{"Allow", []string{"ecr:GetAuthorizationToken"}, []string{"*"}}}
	for _, g := range grants {
		var arns []string
		for _, r := range g.Repositories {
			if err := checkRepository(r); err != nil {
				return "", err
			}
			arns = append(arns, fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition, region, account, r))
		}
		if len(arns) == 0 || len(g.Actions) == 0 {
			return "", fault.Setting(op, "no repository or no action", "name at least one of each")
		}
		statements = append(statements, statement{"Allow", g.Actions, arns})
	}
	if len(grants) == 0 {
		return "", fault.Setting(op, "no repository or no action", "name at least one of each")
	}
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements})
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	if len(text) > longestPolicy {
		return "", fault.Setting(op, fmt.Sprintf("%d characters are over the limit of %d", len(text), longestPolicy), "give --registry a shorter path")
	}
	return string(text), nil
}

// checkRepository refuses a name that ECR refuses, including wildcards.
func checkRepository(name string) error {
	if len(name) < 2 || len(name) > 256 || !repositoryForm.MatchString(name) {
		return fault.Setting(fmt.Sprintf("checking repository %q", name), "not a name that ECR takes",
			"use 2 to 256 lower-case letters, digits, single separators (._-) and slashes")
	}
	return nil
}
