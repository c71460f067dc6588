package lifecycle

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Fate is what a policy does to one image.
type Fate struct {
	Image   Image
	Expired bool
	Rule    int    // priority of the rule that decides; 0 when none selects the image
	After   bool   // kept by a manifest list alone, which goes: AWS expires this image in a later run
	Forever bool   // kept, and no push and no passing of time will change it while the tags stay
	Tied    bool   // kept or expired by chance: others were pushed at the same instant, and only some of them stay
	Why     string // one line
}

// Evaluate returns the fate of every image, in the order given. It follows "Lifecycle policy evaluation rules" in the ECR
// user guide:
//   - all rules are evaluated at the same time and then applied by priority, lowest number first;
//   - an image that matches the tagging requirements of a rule cannot be expired by a rule of lower priority, so the
//     first rule that selects an image decides alone;
//   - a rule counts all images that it selects, including those that an earlier rule has expired ("can still identify
//     them as if they haven't been expired");
//   - an image is selected when every entry of the list matches one of its tags; untagged selects images without tags,
//     any selects all;
//   - imageCountMoreThan sorts by push time, youngest first, and expires what comes after the count;
//     sinceImagePushed expires what was pushed longer ago than the days;
//   - an image that a manifest list refers to cannot be expired before the list: see keepChildren.
func (p Policy) Evaluate(images []Image, now time.Time) []Fate {
	rules := append([]Rule{}, p.Rules...)
	sort.SliceStable(rules, func(i, j int) bool { return rules[i].Priority < rules[j].Priority })
	fates := make([]Fate, len(images))
	for i, image := range images {
		fates[i] = Fate{Image: image, Forever: true, Why: "no rule selects it"}
	}
	decided := make([]bool, len(images))
	for _, r := range rules {
		selected := r.Selection.selected(images)
		for place, i := range selected {
			if !decided[i] {
				decided[i] = true
				fates[i] = r.decide(images, selected, place, now)
			}
		}
	}
	keepChildren(fates)
	return fates
}

// selected are the images that a rule applies to, youngest first; equal times by digest, so that the result is stable.
func (s Selection) selected(images []Image) []int {
	var out []int
	for i, image := range images {
		if s.selects(image.Tags) {
			out = append(out, i)
		}
	}
	sort.SliceStable(out, func(a, b int) bool {
		x, y := images[out[a]], images[out[b]]
		if !x.PushedAt.Equal(y.PushedAt) {
			return x.PushedAt.After(y.PushedAt)
		}
		return x.Digest < y.Digest
	})
	return out
}

// selects reports whether tags meet a rule's tagging requirements. Entries of a list are ANDed.
func (s Selection) selects(tags []string) bool {
	switch s.TagStatus {
	case Any:
		return true
	case Untagged:
		return len(tags) == 0
	}
	return len(tags) > 0 && allMatch(s.TagPatternList, tags, MatchPattern) && allMatch(s.TagPrefixList, tags, func(prefix, tag string) bool {
		return strings.HasPrefix(tag, prefix)
	})
}

func allMatch(entries, tags []string, match func(entry, tag string) bool) bool {
	for _, entry := range entries {
		found := false
		for _, tag := range tags {
			found = found || match(entry, tag)
		}
		if !found {
			return false
		}
	}
	return true
}

// MatchPattern matches a whole tag; a wildcard stands for any characters, or none.
func MatchPattern(pattern, tag string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == tag
	}
	if !strings.HasPrefix(tag, first) {
		return false
	}
	for tag = tag[len(first):]; ; tag = tag[1:] {
		if MatchPattern(rest, tag) {
			return true
		}
		if tag == "" {
			return false
		}
	}
}

// decide is the fate of one of the images that a rule selects.
func (r Rule) decide(images []Image, selected []int, place int, now time.Time) Fate {
	image, s := images[selected[place]], r.Selection
	f := Fate{Image: image, Rule: r.Priority, Forever: r.shields()}
	if s.CountType == SincePushed {
		age := now.Sub(image.PushedAt)
		f.Expired = age > time.Duration(s.CountNumber)*24*time.Hour
		f.Why = fmt.Sprintf("rule %d (%s): pushed %s ago, limit %d days", r.Priority, s.key(), days(age), s.CountNumber)
		return f
	}
	f.Expired = place >= s.CountNumber
	f.Why = fmt.Sprintf("rule %d (%s): number %d from the youngest, limit %d", r.Priority, s.key(), place+1, s.CountNumber)
	if f.Forever {
		f.Why = fmt.Sprintf("rule %d (%s) shields it from all rules after", r.Priority, s.key())
	}
	if n := s.CountNumber; n < len(selected) {
		cut := images[selected[n-1]].PushedAt
		f.Tied = cut.Equal(images[selected[n]].PushedAt) && cut.Equal(image.PushedAt)
	}
	return f
}

// everAndEver is a count that no repository reaches: ECR's quota of images per repository has five digits.
const everAndEver = 1_000_000

// shields reports whether a rule can never expire an image: it selects by one complete tag, which only one image can
// have, or its count is out of reach.
func (r Rule) shields() bool {
	s := r.Selection
	if s.CountType != CountMoreThan || s.TagStatus != Tagged {
		return false
	}
	return s.CountNumber >= everAndEver || s.CountNumber >= 1 && s.wholeTag()
}

// wholeTag reports whether a selection requires at least one tag without a wildcard.
func (s Selection) wholeTag() bool {
	for _, p := range s.TagPatternList {
		if !strings.Contains(p, "*") {
			return true
		}
	}
	return false
}

// days is an age in days with one decimal.
func days(d time.Duration) string { return fmt.Sprintf("%.1f days", d.Hours()/24) }
