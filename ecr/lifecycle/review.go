package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/fault"
)

// Guard says which images a policy must not expire.
type Guard struct {
	Protects func(tag string) bool // tags that stay forever; see Retention.Protects
	Deployed []string              // digests that run now, whatever their tags; each is in one of the repositories

	// Tags are tags of running images, and Environments the environments that have a state, each with the tag under which
	// its images were published. The tagged images get another tag, DeployedTag, before a policy is set. Each tag must be
	// in one of the repositories; an environment may have no image.
	Tags         []string
	Environments map[string]string
}

// actionLag is how long AWS takes to act on a new policy ("within 24 hours"), with a day to spare: images that would be
// expired by then count as expired now.
const actionLag = 48 * time.Hour

// Review is the effect of a policy on a repository.
type Review struct {
	Fates    []Fate
	Refusals []string // why the policy must not be set, one line for each image
	Risks    []string // deployed images that stay now and may be expired one day
}

// Review evaluates a policy and looks for images that must not expire. A protected tag must be safe forever, by a rule
// that can expire none of its images; a deployed digest must be safe now and until AWS has acted.
func (p Policy) Review(images []Image, g Guard, now time.Time) Review {
	out := Review{Fates: p.Evaluate(images, now)}
	later := p.Evaluate(images, now.Add(actionLag))
	for i, f := range out.Fates {
		name := f.Image.Name()
		protected := slices.IndexFunc(f.Image.Tags, func(tag string) bool { return g.Protects != nil && g.Protects(tag) })
		doomed := f.Expired || f.After || f.Tied || later[i].Expired || later[i].After
		switch deployed := slices.Contains(g.Deployed, f.Image.Digest); {
		case protected >= 0 && doomed:
			out.Refusals = append(out.Refusals, fmt.Sprintf("%s has the protected tag %q and would be expired: %s", name, f.Image.Tags[protected], f.Why))
		case protected >= 0 && !f.Forever:
			out.Refusals = append(out.Refusals, fmt.Sprintf("%s has the protected tag %q and would be expired one day: %s", name, f.Image.Tags[protected], f.Why))
		case deployed && doomed:
			out.Refusals = append(out.Refusals, fmt.Sprintf("%s is deployed and would be expired: %s", name, f.Why))
		case deployed && !f.Forever:
			out.Risks = append(out.Risks, fmt.Sprintf("%s is deployed and may be expired one day: %s", name, f.Why))
		}
	}
	return out
}

// Err is the reason not to set the policy, nil when there is none.
func (r Review) Err() error {
	if len(r.Refusals) == 0 {
		return nil
	}
	return &fault.Error{
		Op:   "checking the lifecycle policy against the repository",
		What: strings.Join(r.Refusals, "; "),
		Fix:  "give those tags a rule of their own before all others, by whole name",
		Kind: fault.ErrProtected,
	}
}

// Expired are the digests that the policy expires, in the order of the images.
func (r Review) Expired() []string {
	var out []string
	for _, f := range r.Fates {
		if f.Expired {
			out = append(out, f.Image.Digest)
		}
	}
	return out
}

// Report is one line for each image: what happens to it and why.
func (r Review) Report() string {
	var b strings.Builder
	for _, f := range r.Fates {
		word := "keep  "
		if f.Expired {
			word = "expire"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", word, f.Image.Name(), f.Why)
	}
	for _, line := range slices.Concat(r.Refusals, r.Risks) {
		fmt.Fprintf(&b, "warning: %s\n", line)
	}
	return b.String()
}

// Name is an image's short digest and its tags.
func (i Image) Name() string {
	short := i.Digest
	if hex, ok := strings.CutPrefix(short, "sha256:"); ok && len(hex) > 12 {
		short = "sha256:" + hex[:12]
	}
	if len(i.Tags) == 0 {
		return short + " (untagged)"
	}
	return short + " (" + strings.Join(i.Tags, ", ") + ")"
}
