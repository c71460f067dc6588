package steps

import (
	"context"

	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/results"
)

// RetentionRules say what ECR keeps, and for how long.
type RetentionRules struct {
	Deployed         []string
	Keep             []string
	Releases         []string
	MergeRequestDays int
	ContentCount     int
	UntaggedDays     int
}

// PreviewRetention reports what ECR would expire by the rules.
func (r *Run) PreviewRetention(ctx context.Context, rules RetentionRules) (string, error) {
	retention, err := r.retention(ctx, rules)
	if err != nil {
		return "", err
	}
	return retention.Preview(ctx)
}

// ApplyRetention sets ECR's policies.
func (r *Run) ApplyRetention(ctx context.Context, rules RetentionRules) (string, error) {
	retention, err := r.retention(ctx, rules)
	if err != nil {
		return "", err
	}
	return retention.Apply(ctx)
}

func (r *Run) retention(ctx context.Context, rules RetentionRules) (Retention, error) {
	for _, list := range []struct {
		flag    string
		entries []string
	}{{"--deployed", rules.Deployed}, {"--keep", rules.Keep}, {"--releases", rules.Releases}} {
		if err := givenList(list.flag, list.entries); err != nil {
			return Retention{}, err
		}
	}
	maxAge, err := results.ParseMaxAge(text(r.ResultsMaxAge))
	if err != nil {
		return Retention{}, err
	}
	r.purpose = retaining
	place, err := r.registryPlace(ctx)
	return Retention{
		Registry: place,
		Open:     r.openRegistry,
		Rules: lifecycle.Retention{
			Keep: rules.Keep, Releases: rules.Releases, MergeRequestDays: rules.MergeRequestDays,
			ContentCount: rules.ContentCount, UntaggedDays: rules.UntaggedDays, ResultDays: results.Days(maxAge),
		},
		Deployed: rules.Deployed,
		Bucket:   r.bucket(),
	}, err
}
