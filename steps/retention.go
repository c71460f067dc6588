package steps

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/ecr"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/printable"
	"dagger/pipeline/results"
	"dagger/pipeline/state"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Retention says which of the pipeline's images ECR should keep, and which it must.
type Retention struct {
	Registry Place
	// Open opens the registry.
	Open  func(ctx context.Context) (Opened, error)
	Rules lifecycle.Retention
	// Deployed are tags and digests of running images, in addition to those known
	Deployed []string
	// from the states. Bucket holds the states: the images published for the project's
	// environments count as deployed. If it is empty, only Deployed counts.
	Bucket string
}

// contentTags are the patterns of the content tags, by the image.
var contentTags = map[string][]string{
	"app":       {"app-*"},
	"terraform": {"terraform-*", "module-*"},
	"service":   {"service-*"},
}

// Preview reports for all repositories what a policy keeps, and why, and what it
// expires. It changes nothing.
func (r Retention) Preview(ctx context.Context) (string, error) {
	in, targets, guard, err := r.prepare(ctx)
	if err != nil {
		return "", err
	}
	previews, err := in.Preview(ctx, targets, guard)
	return retentionText(targets, previews, "would get the tag", func(p ecr.Preview) string {
		if refused := p.Err(); refused != nil {
			return "would be refused: " + refused.Error()
		}
		return "can be set with retention apply"
	}), err
}

// Apply tags deployed images, and sets the policies of all repositories, unless
// one would expire an image that must stay.
func (r Retention) Apply(ctx context.Context) (string, error) {
	in, targets, guard, err := r.prepare(ctx)
	if err != nil {
		return "", err
	}
	previews, err := in.Apply(ctx, targets, guard)
	return retentionText(targets, previews, "has the tag", func(ecr.Preview) string { return "the policy is set" }), err
}

// prepare is the registry, a policy for each repository, and what must stay.
func (r Retention) prepare(ctx context.Context) (*ecr.Registry, []ecr.Target, lifecycle.Guard, error) {
	guard := lifecycle.Guard{Protects: r.Rules.Protects}
	opened, err := r.Open(ctx)
	if err != nil {
		return nil, nil, guard, err
	}
	if opened.ECR == nil {
		return nil, nil, guard, fmt.Errorf("reading --registry %q: lifecycle policies are ECR's: use the clean-up rules of that registry, or give ecr:PATH", r.Registry.Address)
	}
	if guard.Environments, err = r.environments(ctx); err != nil {
		return nil, nil, guard, err
	}
	for _, d := range r.Deployed {
		if strings.HasPrefix(d, "sha256:") {
			guard.Deployed = append(guard.Deployed, d)
		} else {
			guard.Tags = append(guard.Tags, d)
		}
	}
	var targets []ecr.Target
	for _, repository := range opened.AllRepositories(retained(opened.Writes)...) {
		rules := r.Rules
		rules.Content, rules.Results = contentTags[path.Base(repository)], nil
		if slices.Contains([]string{opened.Results(trust.Open), opened.Results(trust.Protected)}, repository) {
			rules.Results = []string{results.TestStep + "-*", results.PackageStep + "-*"}
		}
		policy, err := rules.Policy()
		if err != nil {
			return nil, nil, guard, err
		}
		targets = append(targets, ecr.Target{Repository: repository, Policy: policy})
	}
	return opened.ECR, targets, guard, nil
}

// retentionText is what there is to say of each repository.
func retentionText(targets []ecr.Target, previews []ecr.Preview, tagged string, verdict func(ecr.Preview) string) string {
	var out []string
	for _, t := range targets {
		if !slices.ContainsFunc(previews, func(p ecr.Preview) bool { return p.Repository == t.Repository }) {
			out = append(out, "repository "+t.Repository+": there is none, nothing was pushed to it yet")
		}
	}
	for _, p := range previews {
		out = append(out, "repository "+p.Repository+": "+verdict(p), p.Policy.String())
		for _, m := range p.Marks {
			out = append(out, fmt.Sprintf("%s %s %s", m.Digest, tagged, m.Tag))
		}
		out = append(out, p.Report())
		out = append(out, p.Risks...)
		out = append(out, p.Differences...)
		if p.Note != "" {
			out = append(out, p.Note)
		}
	}
	return strings.Join(out, "\n")
}

// environments are those that have a state, each with the tag that its images
// were published under.
func (r Retention) environments(ctx context.Context) (map[string]string, error) {
	if r.Bucket == "" {
		if len(r.Deployed) == 0 {
			return nil, errors.New("reading what is deployed: no state bucket given, and nothing with --deployed: name the bucket with --state-bucket, or the tags and digests that run")
		}
		return nil, nil
	}
	names, err := r.Registry.AWS.Environments(ctx, r.Bucket, r.Registry.Project)
	if err != nil {
		return nil, tell.Errorf("%w: without the states it is not known what is deployed: give --state-bucket= and what runs with --deployed", err)
	}
	tell.Line(fmt.Sprintf("retention: with a state of %q in %q: %s", r.Registry.Project, r.Bucket, printable.Count(len(names), "environment")))
	out := map[string]string{}
	for _, name := range names {
		target, err := ci.TargetNamed(name)
		if err != nil {
			return nil, err
		}
		out[name] = target.Tag
	}
	return out, nil
}

// Environments are the environments of a project that have a state in the bucket.
func (a AWS) Environments(ctx context.Context, bucket, project string) ([]string, error) {
	if project == "" {
		return nil, errors.New("listing the states: the project has no name: give it with --source")
	}
	session, err := a.Session(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := state.In(session, bucket).Keys(ctx, project+"/")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, key := range keys {
		if environment, _, ok := StateOf(project, key); ok {
			out = append(out, environment)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
