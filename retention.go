package main

import (
	"context"

	"dagger/pipeline/steps"
)

// Define which images ECR keeps, to preview or apply those rules.
// +cache="session"
func (p *Pipeline) Retention(rules struct {
	// Tags and digests of images in use, in addition to those of environments that have a state.
	// +optional
	Deployed []string
	// Tags to keep forever, in addition to latest.
	// +optional
	Keep []string
	// Patterns of tags to keep forever, such as v*.
	// +optional
	Releases []string
	// Days after which images of merge requests expire.
	// +default=30
	MergeRequestDays int
	// How many images tagged by content to keep, of each kind.
	// +default=50
	ContentCount int
	// Days after which images without a tag expire.
	// +default=1
	UntaggedDays int
}) *Retention {
	return &Retention{Settings: p.Settings, Rules: Rules(rules)}
}

// Retention applies rules to the images in ECR.
type Retention struct {
	// +private
	Settings Settings
	// +private
	Rules Rules
}

// Rules define what is kept, and for how long.
type Rules steps.RetentionRules

func (r *Retention) run() *steps.Run { return steps.NewRun(steps.Settings(r.Settings), "") }

// Show which images ECR would expire, which it would keep, and why.
// +cache="never"
func (r *Retention) Preview(ctx context.Context) (string, error) {
	return r.run().PreviewRetention(ctx, steps.RetentionRules(r.Rules))
}

// Set ECR's lifecycle policies.
// Refused if they would expire a protected or deployed image.
// +cache="never"
func (r *Retention) Apply(ctx context.Context) (string, error) {
	return r.run().ApplyRetention(ctx, steps.RetentionRules(r.Rules))
}
