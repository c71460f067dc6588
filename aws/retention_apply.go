package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Preview is a policy held against a repository, by our evaluator and by AWS.
type Preview struct {
	Review
	Policy Policy
	// Asked tells that AWS was asked and answered; Note says why not.
	Asked bool
	Note  string
	// Differences between AWS's answer and ours, one line each. They must be none.
	Differences []string
}

// previewLimit is how long AWS may take for a preview of a large repository.
const previewLimit = 3 * time.Minute

// Preview evaluates a policy over a repository and asks AWS for its own preview, where the endpoint has it.
func (r *ECR) Preview(ctx context.Context, repository string, p Policy, g Guard) (Preview, error) {
	out := Preview{Policy: p}
	if err := errors.Join(checkRepository(repository), p.Validate()); err != nil {
		return out, err
	}
	images, err := r.Images(ctx, repository)
	if err != nil {
		return out, err
	}
	out.Review = p.Review(images, g, r.session.cfg.now())
	theirs, err := r.askPreview(ctx, repository, p)
	switch {
	case errors.Is(err, ErrUnsupported):
		out.Note = "the endpoint has no lifecycle preview: evaluated here only"
		return out, nil
	case err != nil:
		return out, err
	}
	out.Asked = true
	out.Differences = compare(out.Fates, theirs)
	return out, nil
}

// Err is the reason not to set the policy: an image that must stay, or a disagreement with AWS.
func (p Preview) Err() error {
	if err := p.Review.Err(); err != nil || len(p.Differences) == 0 {
		return err
	}
	return &Error{
		Op:   "comparing AWS's preview with our evaluation",
		What: strings.Join(p.Differences, "; "),
		Fix:  "look at the images by hand: images may have been pushed meanwhile, so preview once more",
		Kind: ErrProtected,
	}
}

// Apply previews a policy and sets it, unless an image that must stay would be expired or AWS sees it otherwise.
func (r *ECR) Apply(ctx context.Context, repository string, p Policy, g Guard) (Preview, error) {
	preview, err := r.Preview(ctx, repository, p, g)
	if err != nil {
		return preview, err
	}
	if err := preview.Err(); err != nil {
		return preview, err
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	text := p.JSON()
	_, err = r.client.PutLifecyclePolicy(ctx, &ecr.PutLifecyclePolicyInput{RegistryId: &r.account, RepositoryName: &repository, LifecyclePolicyText: &text})
	if err != nil {
		return preview, explain(fmt.Sprintf("setting the lifecycle policy of %q", repository), err, "allow ecr:PutLifecyclePolicy", r.session.secrets()...)
	}
	return preview, nil
}

// askPreview starts AWS's preview and waits for it. Its result holds the images that would be expired.
func (r *ECR) askPreview(ctx context.Context, repository string, p Policy) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, previewLimit)
	defer cancel()
	op := fmt.Sprintf("asking AWS for a preview of %q", repository)
	fail := func(err error) error {
		return explain(op, err, "allow ecr:StartLifecyclePolicyPreview and ecr:GetLifecyclePolicyPreview", r.session.secrets()...)
	}
	text := p.JSON()
	_, err := r.client.StartLifecyclePolicyPreview(ctx, &ecr.StartLifecyclePolicyPreviewInput{RegistryId: &r.account, RepositoryName: &repository, LifecyclePolicyText: &text})
	if err != nil && r.session.cfg.Endpoint != "" && status(err) == http.StatusInternalServerError && !hasAnyCode(err) {
		// AWS answers every failure with a code. A stand-in that lacks the call may not: moto answers a bare 500.
		return nil, &Error{Op: op, What: "the endpoint does not have this call", Kind: ErrUnsupported}
	}
	if err != nil {
		return nil, fail(err)
	}
	expired := map[string]int{}
	for pause, next := 500*time.Millisecond, (*string)(nil); ; {
		out, err := r.client.GetLifecyclePolicyPreview(ctx, &ecr.GetLifecyclePolicyPreviewInput{RegistryId: &r.account, RepositoryName: &repository, NextToken: next})
		if err != nil {
			return nil, fail(err)
		}
		switch out.Status {
		case types.LifecyclePolicyPreviewStatusComplete:
			for _, found := range out.PreviewResults {
				rule := 0
				if found.AppliedRulePriority != nil {
					rule = int(*found.AppliedRulePriority)
				}
				expired[value(found.ImageDigest)] = rule
			}
			if next = out.NextToken; next == nil {
				return expired, nil
			}
		case types.LifecyclePolicyPreviewStatusInProgress:
			if err := r.session.cfg.wait(ctx, pause); err != nil {
				return nil, fail(err)
			}
			pause = min(2*pause, 5*time.Second)
		default:
			return nil, &Error{Op: op, What: fmt.Sprintf("the preview ended as %q", out.Status), Fix: "try again", Kind: ErrServer}
		}
	}
}

// wait pauses between two questions; Backoff shortens it in tests.
func (c Config) wait(ctx context.Context, d time.Duration) error {
	if c.Backoff != nil {
		d = c.Backoff(1)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// compare holds AWS's answer against ours, image by image.
func compare(ours []Fate, theirs map[string]int) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range ours {
		rule, expired := theirs[f.Image.Digest]
		seen[f.Image.Digest] = true
		switch {
		case expired && !f.Expired:
			out = append(out, fmt.Sprintf("%s: AWS expires it by rule %d, we keep it (%s)", f.Image.name(), rule, f.Why))
		case !expired && f.Expired && !f.Tied:
			out = append(out, fmt.Sprintf("%s: AWS keeps it, we expire it (%s)", f.Image.name(), f.Why))
		case expired && rule != 0 && rule != f.Rule:
			out = append(out, fmt.Sprintf("%s: AWS expires it by rule %d, we by rule %d", f.Image.name(), rule, f.Rule))
		}
	}
	for digest := range theirs {
		if !seen[digest] {
			out = append(out, fmt.Sprintf("%s: AWS expires it, and we have not seen it", digest))
		}
	}
	slices.Sort(out)
	return out
}
