package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// MovingTags are the tags that may be pushed again with another image; every other tag of a repository that we create
// is immutable.
var MovingTags = []string{"latest", "mr-*"}

// Repository is what EnsureRepository found or made.
type Repository struct {
	Name, URI string
	Created   bool
	Notes     []string // settings of an existing repository that differ from those of a new one
}

// EnsureRepository creates a repository where it is missing: scanned on push, tags immutable but for MovingTags and the
// ones given, encrypted as the account has it by default. One that exists is left as it is; what differs is noted. Two
// jobs that create it at once both succeed.
func (r *ECR) EnsureRepository(ctx context.Context, name string, moving ...string) (Repository, error) {
	if err := checkRepository(name); err != nil {
		return Repository{}, err
	}
	filters, err := exclusions(append(append([]string{}, MovingTags...), moving...))
	if err != nil {
		return Repository{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	found, err := r.describe(ctx, name)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return found, err
	}
	out, err := r.client.CreateRepository(ctx, &ecr.CreateRepositoryInput{
		RegistryId:                         &r.account,
		RepositoryName:                     &name,
		ImageScanningConfiguration:         &types.ImageScanningConfiguration{ScanOnPush: true},
		ImageTagMutability:                 types.ImageTagMutabilityImmutableWithExclusion,
		ImageTagMutabilityExclusionFilters: filters,
	})
	var exists *types.RepositoryAlreadyExistsException
	switch {
	case errors.As(err, &exists):
		return r.describe(ctx, name)
	case err != nil:
		return Repository{}, explain(fmt.Sprintf("creating repository %q", name), err, "allow ecr:CreateRepository, or create it beforehand", r.session.secrets()...)
	}
	return Repository{Name: name, URI: value(out.Repository.RepositoryUri), Created: true}, nil
}

func (r *ECR) describe(ctx context.Context, name string) (Repository, error) {
	out, err := r.client.DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{RegistryId: &r.account, RepositoryNames: []string{name}})
	if err != nil {
		return Repository{}, explain(fmt.Sprintf("looking for repository %q", name), err, "allow ecr:DescribeRepositories", r.session.secrets()...)
	}
	if len(out.Repositories) == 0 {
		return Repository{}, &Error{Op: fmt.Sprintf("looking for repository %q", name), What: "no such repository", Fix: "create it", Kind: ErrNotFound}
	}
	found := out.Repositories[0]
	repo := Repository{Name: name, URI: value(found.RepositoryUri)}
	if found.ImageScanningConfiguration == nil || !found.ImageScanningConfiguration.ScanOnPush {
		repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q is not scanned on push", name))
	}
	switch found.ImageTagMutability {
	case types.ImageTagMutabilityImmutableWithExclusion:
	case types.ImageTagMutabilityImmutable:
		repo.Notes = append(repo.Notes, fmt.Sprintf("repository %q has immutable tags without exclusions: %s can not move", name, strings.Join(MovingTags, " and ")))
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
			return nil, configError(fmt.Sprintf("reading moving tag %q", p), "not a filter that ECR takes", "use up to 128 characters and two wildcards")
		}
		out = append(out, types.ImageTagMutabilityExclusionFilter{Filter: &p, FilterType: types.ImageTagMutabilityExclusionFilterTypeWildcard})
	}
	if len(out) > 5 {
		return nil, configError("reading moving tags", fmt.Sprintf("%d are over the limit of 5", len(out)), "use a pattern such as \"mr-*\"")
	}
	return out, nil
}

// value is what a pointer of the SDK points at, empty for none.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
