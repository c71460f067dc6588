package ecr

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"dagger/pipeline/aws"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

// Repository is what EnsureRepository found or created.
type Repository struct {
	Name, URI string
	Created   bool
	Notes     []string // settings of an existing repository that differ from those of a new one
}

// EnsureRepository creates a repository if it is missing: scanned on push, tags that match one of the patterns
// immutable, with the account's default encryption. All other tags can move, because those of merge requests, branches,
// environments and deployments would be more patterns than ECR allows. Without a pattern all can move. An existing
// repository is left as it is; differences are noted. If two jobs create it at once, both succeed.
func (r *Registry) EnsureRepository(ctx context.Context, name string, fixed ...string) (Repository, error) {
	if err := checkRepository(name); err != nil {
		return Repository{}, err
	}
	filters, err := exclusions(fixed)
	if err != nil {
		return Repository{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	found, err := r.describe(ctx, name, len(fixed) > 0)
	if err == nil || !errors.Is(err, fault.ErrNotFound) {
		return found, err
	}
	mutability := types.ImageTagMutabilityMutableWithExclusion
	if len(fixed) == 0 {
		mutability = types.ImageTagMutabilityMutable
	}
	out, err := r.client.CreateRepository(ctx, &ecr.CreateRepositoryInput{
		RegistryId:                         &r.account,
		RepositoryName:                     &name,
		ImageScanningConfiguration:         &types.ImageScanningConfiguration{ScanOnPush: true},
		ImageTagMutability:                 mutability,
		ImageTagMutabilityExclusionFilters: filters,
	})
	var exists *types.RepositoryAlreadyExistsException
	switch {
	case errors.As(err, &exists):
		return r.describe(ctx, name, len(fixed) > 0)
	case err != nil:
		return Repository{}, r.session.Explain(fmt.Sprintf("creating repository %q", name), err, "allow ecr:CreateRepository, or create it beforehand")
	}
	return Repository{Name: name, URI: value(out.Repository.RepositoryUri), Created: true}, nil
}

func (r *Registry) describe(ctx context.Context, name string, fixed bool) (Repository, error) {
	out, err := r.client.DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{RegistryId: &r.account, RepositoryNames: []string{name}})
	if err != nil {
		return Repository{}, r.session.Explain(fmt.Sprintf("looking for repository %q", name), err, "allow ecr:DescribeRepositories")
	}
	if len(out.Repositories) == 0 {
		return Repository{}, &fault.Error{Op: fmt.Sprintf("looking for repository %q", name), What: "no such repository", Fix: "create it", Kind: fault.ErrNotFound}
	}
	found := out.Repositories[0]
	repo := Repository{Name: name, URI: value(found.RepositoryUri)}
	if found.ImageScanningConfiguration == nil || !found.ImageScanningConfiguration.ScanOnPush {
		repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q is not scanned on push", name))
	}
	if !fixed {
		if found.ImageTagMutability == types.ImageTagMutabilityImmutable {
			repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q has immutable tags: a result there cannot be replaced", name))
		}
		return repo, nil
	}
	switch found.ImageTagMutability {
	case types.ImageTagMutabilityMutableWithExclusion:
	case types.ImageTagMutabilityImmutableWithExclusion:
		if !slices.ContainsFunc(found.ImageTagMutabilityExclusionFilters, func(f types.ImageTagMutabilityExclusionFilter) bool {
			return lifecycle.MatchPattern(value(f.Filter), lifecycle.DeployedTag("prod"))
		}) {
			repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q does not let the tags of deployments move, %s*: make its tags mutable but for content tags (aws ecr put-image-tag-mutability)", name, lifecycle.DeployedPrefix))
		}
	case types.ImageTagMutabilityImmutable:
		repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q has immutable tags without exclusions: latest, mr-* and %s* cannot move", name, lifecycle.DeployedPrefix))
	default:
		repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q has mutable tags: a content tag could be overwritten", name))
	}
	return repo, nil
}

// exclusions turns tag patterns into ECR's filters: at most five, each up to 128 characters with two wildcards
// (ImageTagMutabilityExclusionFilter in ECR's API reference).
func exclusions(patterns []string) ([]types.ImageTagMutabilityExclusionFilter, error) {
	var out []types.ImageTagMutabilityExclusionFilter
	for _, p := range patterns {
		if p == "" || len(p) > 128 || strings.Count(p, "*") > 2 {
			return nil, fault.Setting(fmt.Sprintf("reading immutable tag %q", p), "not a filter that ECR takes", "use up to 128 characters and two wildcards")
		}
		out = append(out, types.ImageTagMutabilityExclusionFilter{Filter: &p, FilterType: types.ImageTagMutabilityExclusionFilterTypeWildcard})
	}
	if len(out) > 5 {
		return nil, fault.Setting("reading immutable tags", fmt.Sprintf("%d are over the limit of 5", len(out)), "use a pattern such as \"app-*\"")
	}
	return out, nil
}

// value is what a pointer of the SDK points to, empty if it is nil.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
