package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/ci"
)

// Retention says what ECR is to keep of the pipeline's images, and what it must.
type Retention struct {
	Registry Registry
	// Open opens the registry.
	Open  func(ctx context.Context) (Opened, error)
	Rules aws.Retention
	// Deployed are tags and digests of what runs, beside what the states tell.
	Deployed []string
	// Bucket holds the states; each of the project's makes the tag of its
	// environment a deployed one. Empty looks at none.
	Bucket string
}

// contentTags are the patterns of the content tags, by the image.
var contentTags = map[string][]string{
	"app":       {"app-*"},
	"terraform": {"terraform-*", "module-*"},
}

// Preview tells for all repositories what a policy keeps, and why, and what it
// expires. It changes nothing.
func (r Retention) Preview(ctx context.Context) (string, error) {
	return r.each(ctx, func(ecr *aws.ECR, repository string, p aws.Policy, g aws.Guard) (aws.Preview, string, error) {
		preview, err := ecr.Preview(ctx, repository, p, g)
		if refused := preview.Err(); err == nil && refused != nil {
			return preview, "would be refused: " + refused.Error(), nil
		}
		return preview, "can be set with retention apply", err
	})
}

// Apply sets the policies, unless one would expire an image that must stay.
func (r Retention) Apply(ctx context.Context) (string, error) {
	return r.each(ctx, func(ecr *aws.ECR, repository string, p aws.Policy, g aws.Guard) (aws.Preview, string, error) {
		preview, err := ecr.Apply(ctx, repository, p, g)
		return preview, "the policy is set", err
	})
}

type retain func(ecr *aws.ECR, repository string, p aws.Policy, g aws.Guard) (preview aws.Preview, verdict string, err error)

func (r Retention) each(ctx context.Context, do retain) (string, error) {
	opened, err := r.Open(ctx)
	if err != nil {
		return "", err
	}
	if opened.ECR == nil {
		return "", fmt.Errorf("reading --registry %q: lifecycle policies are ECR's: use the clean-up rules of that registry, or give ecr:PATH", r.Registry.Address)
	}
	tags, err := r.deployedTags(ctx)
	if err != nil {
		return "", err
	}
	guard := aws.Guard{Protects: r.Rules.Protects}
	for _, d := range r.Deployed {
		if strings.HasPrefix(d, "sha256:") {
			guard.Deployed = append(guard.Deployed, d)
		} else {
			tags = append(tags, d)
		}
	}
	slices.Sort(tags)
	rules := r.Rules
	rules.Deployed = slices.Compact(tags)
	var out []string
	for _, repository := range opened.Repositories(retained(opened.Writes)...) {
		rules.Content = contentTags[path.Base(repository)]
		policy, err := rules.Policy()
		if err != nil {
			return "", err
		}
		preview, verdict, err := do(opened.ECR, repository, policy, guard)
		if errors.Is(err, aws.ErrNotFound) && !slices.Contains(opened.Repositories(opened.Writes), repository) {
			out = append(out, "repository "+repository+": there is none, no open run has pushed yet")
			continue
		}
		if err != nil {
			return strings.Join(out, "\n"), err
		}
		out = append(out, "repository "+repository+": "+verdict, policy.String(), preview.Report())
		out = append(out, preview.Risks...)
		out = append(out, preview.Differences...)
		if preview.Note != "" {
			out = append(out, preview.Note)
		}
	}
	return strings.Join(out, "\n"), nil
}

// deployedTags are the tags of the environments that have a state.
func (r Retention) deployedTags(ctx context.Context) ([]string, error) {
	if r.Bucket == "" {
		return nil, nil
	}
	environments, err := r.Registry.AWS.Environments(ctx, r.Bucket, r.Registry.Project)
	if err != nil {
		return nil, fmt.Errorf("%w: without the states it is not known what is deployed: give --state-bucket= and what runs with --deployed", err)
	}
	var tags []string
	for _, e := range environments {
		target, err := ci.TargetNamed(e)
		if err != nil {
			return nil, err
		}
		tags = append(tags, target.Tag)
	}
	return tags, nil
}

// Environments are those of a project that have a state in the bucket.
func (a AWS) Environments(ctx context.Context, bucket, project string) ([]string, error) {
	if project == "" {
		return nil, errors.New("listing the states: the project has no name: give it with --source")
	}
	session, err := a.Session(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := session.ListKeys(ctx, bucket, project+"/")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, key := range keys {
		environment := path.Base(path.Dir(key))
		if key == StateFor("", project, environment).Key && ci.ValidateEnvironment(environment) == nil {
			out = append(out, environment)
		}
	}
	return out, nil
}
