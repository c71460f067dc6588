package lifecycle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/fault"
)

// DeployedPrefix is the prefix of the tags of deployed images: deployed-prod is on the image that a deployment of prod
// used. A single rule keeps all of them, so their number does not matter: a policy may have 50 rules.
const DeployedPrefix = "deployed-"

// DeployedTag is the tag of the image deployed to an environment.
func DeployedTag(environment string) string { return DeployedPrefix + environment }

// IsDeployedTag reports whether a tag is that of a deployment.
func IsDeployedTag(tag string) bool { return strings.HasPrefix(tag, DeployedPrefix) }

// wholeTag is the distribution spec's grammar of a tag: no pattern.
var wholeTag = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)

// Retention says which images a repository keeps, in addition to those tagged as deployed.
//
// A merge request's images expire by age or by count, not by both: AWS lets only one rule decide about an image, so a
// second rule for the same tags could never expire anything.
type Retention struct {
	Keep              []string // whole tags that stay forever besides "latest", such as "prod"
	Releases          []string // patterns of tags that stay forever, such as "v*"
	MergeRequest      string   // pattern of merge requests' tags, default "mr-*"
	MergeRequestDays  int      // their age limit in days; default 30 when MergeRequestCount is 0
	MergeRequestCount int      // or their count
	Content           []string // patterns of content tags, such as "app-*"
	ContentCount      int      // how many of each pattern to keep, default 50
	Results           []string // patterns of the tags of results, such as "test-*"
	ResultDays        int      // their age limit in days, default 8
	UntaggedDays      int      // default 1
}

// DefaultContentCount and the other defaults of Retention.
const (
	DefaultMergeRequest     = "mr-*"
	DefaultMergeRequestDays = 30
	DefaultContentCount     = 50
	DefaultUntaggedDays     = 1
	DefaultResultDays       = 8
)

// Policy generates the lifecycle policy. Protecting rules come first: one rule for all deployed images, whose count is
// out of reach, so that no number of images makes it expire one. Then one rule for each other tag to keep, because the
// entries of one list are ANDed; each names the complete tag, because a prefix would also match others ("latest-arm64")
// and then expire one of them.
func (r Retention) Policy() (Policy, error) {
	const op = "writing a lifecycle policy"
	if r.MergeRequestDays > 0 && r.MergeRequestCount > 0 {
		return Policy{}, fault.Setting(op, "merge requests' images by age and by count", "choose one: AWS lets only one rule decide about an image")
	}
	if min(r.MergeRequestDays, r.MergeRequestCount, r.ContentCount, r.ResultDays, r.UntaggedDays) < 0 {
		return Policy{}, fault.Setting(op, "a negative limit", "use a positive number")
	}
	var p Policy
	add := func(description string, s Selection) {
		p.Rules = append(p.Rules, Rule{len(p.Rules) + 1, description, s, Action{Expire}})
	}
	add("keep what is deployed", tagged(DeployedPrefix+"*", everAndEver))
	whole := slices.Concat([]string{"latest"}, r.Keep)
	for i, tag := range whole {
		if !wholeTag.MatchString(tag) {
			return Policy{}, fault.Setting(op, fmt.Sprintf("%q is not a whole tag", tag), "name tags one by one; patterns go to the releases")
		}
		if !slices.Contains(whole[:i], tag) && !IsDeployedTag(tag) {
			add("keep "+tag, tagged(tag, 1))
		}
	}
	for i, pattern := range r.Releases {
		if !slices.Contains(r.Releases[:i], pattern) && !slices.Contains(whole, pattern) {
			add("keep releases "+pattern, tagged(pattern, everAndEver))
		}
	}
	mr := r.MergeRequest
	if mr == "" {
		mr = DefaultMergeRequest
	}
	if r.MergeRequestCount > 0 {
		add("merge requests by count", tagged(mr, r.MergeRequestCount))
	} else {
		add("merge requests by age", aged(Selection{TagStatus: Tagged, TagPatternList: []string{mr}}, orDefault(r.MergeRequestDays, DefaultMergeRequestDays)))
	}
	for _, pattern := range r.Content {
		add("content tags "+pattern, tagged(pattern, orDefault(r.ContentCount, DefaultContentCount)))
	}
	for _, pattern := range r.Results {
		add("results "+pattern, aged(Selection{TagStatus: Tagged, TagPatternList: []string{pattern}}, orDefault(r.ResultDays, DefaultResultDays)))
	}
	add("untagged images", aged(Selection{TagStatus: Untagged}, orDefault(r.UntaggedDays, DefaultUntaggedDays)))
	return p, p.Validate()
}

// Protects reports whether a tag must stay forever.
func (r Retention) Protects(tag string) bool {
	return tag == "latest" || slices.Contains(r.Keep, tag) || IsDeployedTag(tag) ||
		slices.ContainsFunc(r.Releases, func(pattern string) bool { return MatchPattern(pattern, tag) })
}

func tagged(pattern string, count int) Selection {
	return Selection{TagStatus: Tagged, TagPatternList: []string{pattern}, CountType: CountMoreThan, CountNumber: count}
}

func aged(s Selection, days int) Selection {
	s.CountType, s.CountUnit, s.CountNumber = SincePushed, Days, days
	return s
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}

// String is the policy as a table, one rule a line.
func (p Policy) String() string {
	var b strings.Builder
	for _, r := range p.Rules {
		fmt.Fprintf(&b, "%d. %s: %s, %s %d\n", r.Priority, r.Description, r.Selection.key(), r.Selection.CountType, r.Selection.CountNumber)
	}
	return b.String()
}
