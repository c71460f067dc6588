package main

import (
	"context"

	"dagger/pipeline/steps"
)

// Say what ECR keeps of the images, to preview that or to apply it.
// +cache="session"
func (p *Pipeline) Retention(rules struct {
	// Tags and digests of what runs, beside the environments that have a state.
	// +optional
	Deployed []string
	// Tags that stay for ever, beside latest.
	// +optional
	Keep []string
	// Patterns of tags that stay for ever, such as v*.
	// +optional
	Releases []string
	// Days after which the images of merge requests go.
	// +default=30
	MergeRequestDays int
	// How many of the images by content to keep, of each kind.
	// +default=50
	ContentCount int
	// Days after which images without a tag go.
	// +default=1
	UntaggedDays int
}) *Retention {
	return &Retention{Settings: p.Settings, Rules: Rules(rules)}
}

// Retention is what ECR keeps of the images.
type Retention struct {
	// +private
	Settings Settings
	// +private
	Rules Rules
}

// Rules say what is kept, and for how long.
type Rules steps.RetentionRules

func (r *Retention) run() *steps.Run { return steps.NewRun(steps.Settings(r.Settings), "") }

// Tell what ECR would expire of the images, and what stays and why.
// +cache="never"
func (r *Retention) Preview(ctx context.Context) (string, error) {
	return r.run().PreviewRetention(ctx, steps.RetentionRules(r.Rules))
}

// Set ECR's lifecycle policies.
// Refused where an image would go that is protected or deployed.
// +cache="never"
func (r *Retention) Apply(ctx context.Context) (string, error) {
	return r.run().ApplyRetention(ctx, steps.RetentionRules(r.Rules))
}
