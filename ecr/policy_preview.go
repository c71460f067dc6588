package ecr

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

	"dagger/pipeline/aws"
	"dagger/pipeline/ecr/lifecycle"
	"dagger/pipeline/fault"
)

// Preview is the effect of a policy on a repository, according to our evaluator and to AWS.
type Preview struct {
	Target
	lifecycle.Review
	// Marks are the tags that deployed images get before the policy is set.
	Marks []lifecycle.Mark
	// Asked reports whether AWS was asked and answered; Note says why not.
	Asked bool
	Note  string
	// Differences between AWS's answer and ours, one line each. There must be none.
	Differences []string
}

// previewLimit is how long AWS may take for a preview of a large repository.
const previewLimit = 3 * time.Minute

// Target is a repository and the policy to set on it.
type Target struct {
	Repository string
	Policy     lifecycle.Policy
}

// Preview evaluates policies over their repositories and asks AWS for its own previews, if the endpoint has them. It
// changes nothing. A missing repository is left out, unless all are missing.
func (r *Registry) Preview(ctx context.Context, targets []Target, g lifecycle.Guard) ([]Preview, error) {
	all, err := r.survey(ctx, targets, g)
	if err != nil {
		return nil, err
	}
	var out []Preview
	for _, t := range targets {
		images, ok := all[t.Repository]
		if !ok {
			continue
		}
		preview := Preview{Target: t, Marks: g.Marks(t.Repository, images)}
		preview.Review = t.Policy.Review(lifecycle.Marked(images, preview.Marks), g, r.session.Now())
		theirs, err := r.askPreview(ctx, t.Repository, t.Policy)
		switch {
		case errors.Is(err, fault.ErrUnsupported):
			preview.Note = "the endpoint has no lifecycle preview: evaluated here only"
		case err != nil:
			return nil, err
		default:
			preview.Asked = true
			preview.Differences = compare(t.Policy.Evaluate(images, r.session.Now()), theirs)
		}
		out = append(out, preview)
	}
	return out, nil
}

// survey lists the existing repositories, and checks that everything declared as deployed is in one of them.
func (r *Registry) survey(ctx context.Context, targets []Target, g lifecycle.Guard) (map[string][]lifecycle.Image, error) {
	all := map[string][]lifecycle.Image{}
	var missing error
	for _, t := range targets {
		if err := fault.Join(checkRepository(t.Repository), t.Policy.Validate()); err != nil {
			return nil, err
		}
		images, err := r.Images(ctx, t.Repository)
		switch {
		case errors.Is(err, fault.ErrNotFound):
			missing = fault.Join(missing, err)
		case err != nil:
			return nil, err
		default:
			all[t.Repository] = images
		}
	}
	if len(all) == 0 {
		return nil, missing
	}
	return all, g.Known(all)
}

// Err is the reason not to set the policy: an image that must stay, or a disagreement with AWS.
func (p Preview) Err() error {
	if err := p.Review.Err(); err != nil || len(p.Differences) == 0 {
		return err
	}
	return &fault.Error{
		Op:   "comparing AWS's preview with our evaluation",
		What: strings.Join(p.Differences, "; "),
		Fix:  "look at the images by hand: images may have been pushed meanwhile, so preview once more",
		Kind: fault.ErrProtected,
	}
}

// Apply sets all policies or none. First it tags the deployed images. No policy is set if one of them would
// expire an image that must stay, or if AWS disagrees.
func (r *Registry) Apply(ctx context.Context, targets []Target, g lifecycle.Guard) ([]Preview, error) {
	previews, err := r.Preview(ctx, targets, g)
	if err != nil {
		return previews, err
	}
	var set []Target
	var changed bool
	for _, p := range previews {
		if err := p.Review.Err(); err != nil {
			return previews, fmt.Errorf("repository %q: %w", p.Repository, err)
		}
		for _, m := range p.Marks {
			if err := r.mark(ctx, m); err != nil {
				return previews, err
			}
			changed = true
		}
		set = append(set, p.Target)
	}
	if changed { // AWS is to judge the repositories with their new tags
		marks := previews
		if previews, err = r.Preview(ctx, set, g); err != nil {
			return previews, err
		}
		for i := range previews {
			previews[i].Marks = marks[i].Marks
		}
	}
	for _, p := range previews {
		if err := p.Err(); err != nil {
			return previews, fmt.Errorf("repository %q: %w", p.Repository, err)
		}
	}
	return previews, r.set(ctx, set)
}

// askPreview starts AWS's preview and waits for it. Its result holds the images that would be expired.
func (r *Registry) askPreview(ctx context.Context, repository string, p lifecycle.Policy) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, previewLimit)
	defer cancel()
	op := fmt.Sprintf("asking AWS for a preview of %q", repository)
	fail := func(err error) error {
		return r.session.Explain(op, err, "allow ecr:StartLifecyclePolicyPreview and ecr:GetLifecyclePolicyPreview")
	}
	text := p.JSON()
	_, err := r.client.StartLifecyclePolicyPreview(ctx, &ecr.StartLifecyclePolicyPreviewInput{RegistryId: &r.account, RepositoryName: &repository, LifecyclePolicyText: &text})
	if err != nil && r.session.SDK().BaseEndpoint != nil && aws.Status(err) == http.StatusInternalServerError && !aws.HasAnyCode(err) {
		// AWS answers every failure with a code. A stand-in that lacks the call may not: moto answers a bare 500.
		return nil, &fault.Error{Op: op, What: "the endpoint does not have this call", Kind: fault.ErrUnsupported}
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
			if err := r.session.Pause(ctx, pause); err != nil {
				return nil, fail(err)
			}
			pause = min(2*pause, 5*time.Second)
		default:
			return nil, &fault.Error{Op: op, What: fmt.Sprintf("the preview ended as %q", out.Status), Fix: "try again", Kind: fault.ErrServer}
		}
	}
}

// compare compares AWS's answer with ours, image by image.
func compare(ours []lifecycle.Fate, theirs map[string]int) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range ours {
		rule, expired := theirs[f.Image.Digest]
		seen[f.Image.Digest] = true
		switch {
		case expired && !f.Expired && !f.After:
			out = append(out, fmt.Sprintf("%s: AWS expires it by rule %d, we keep it (%s)", f.Image.Name(), rule, f.Why))
		case !expired && f.Expired && !f.Tied:
			out = append(out, fmt.Sprintf("%s: AWS keeps it, we expire it (%s)", f.Image.Name(), f.Why))
		case expired && rule != 0 && rule != f.Rule:
			out = append(out, fmt.Sprintf("%s: AWS expires it by rule %d, we by rule %d", f.Image.Name(), rule, f.Rule))
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
