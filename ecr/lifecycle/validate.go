package lifecycle

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"dagger/pipeline/fault"
)

// Limits of a policy. Length and rule count: "Amazon ECR service quotas" and PutLifecyclePolicy in the API reference;
// wildcards: "Lifecycle policy properties in Amazon ECR", tagPatternList.
const (
	mostRules     = 50
	longestText   = 30720
	mostWildcards = 4
)

// Validate checks a policy against the form that AWS documents ("Lifecycle policy properties in Amazon ECR" and
// "Lifecycle policy evaluation rules" in the ECR user guide). The error names everything that is wrong.
func (p Policy) Validate() error {
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(p.Rules) == 0 {
		bad("no rules")
	}
	if len(p.Rules) > mostRules {
		bad("%d rules are over the limit of %d", len(p.Rules), mostRules)
	}
	if n := len(p.JSON()); n > longestText {
		bad("%d characters are over the limit of %d", n, longestText)
	}
	priorities, selections, last := map[int]bool{}, map[string]int{}, 0
	for _, r := range p.Rules {
		last = max(last, r.Priority)
	}
	for _, r := range p.Rules {
		if r.Priority < 1 {
			bad("rule %d: the priority is under 1", r.Priority)
		}
		if priorities[r.Priority] {
			bad("rule %d: the priority is taken twice", r.Priority)
		}
		priorities[r.Priority] = true
		for _, fault := range r.faults() {
			bad("rule %d: %s", r.Priority, fault)
		}
		key := r.Selection.key()
		if other, ok := selections[key]; ok {
			bad("rules %d and %d select the same images (%s): the second can never expire one", other, r.Priority, key)
		}
		selections[key] = r.Priority
		if r.Selection.TagStatus == Any && r.Priority != last {
			bad("rule %d: a rule for any image must come last", r.Priority)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return &fault.Error{Op: "checking the lifecycle policy", What: strings.Join(wrong, "; "), Fix: "mend the rules", Kind: fault.ErrConfig}
}

// key identifies the set of images that a rule applies to: it is the same for the same set of patterns.
func (s Selection) key() string {
	if s.TagStatus != Tagged {
		return s.TagStatus
	}
	entries := slices.Concat(s.TagPatternList, s.TagPrefixList)
	sort.Strings(entries)
	kind := "pattern "
	if len(s.TagPrefixList) > 0 {
		kind = "prefix "
	}
	return kind + strings.Join(entries, " and ")
}

// faults are the faults of a single rule.
func (r Rule) faults() []string {
	var out []string
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	s := r.Selection
	lists := len(s.TagPatternList) + len(s.TagPrefixList)
	switch s.TagStatus {
	case Tagged:
		add(lists == 0, "tagged needs tagPatternList or tagPrefixList")
		add(len(s.TagPatternList) > 0 && len(s.TagPrefixList) > 0, "tagPatternList and tagPrefixList exclude each other")
	case Untagged, Any:
		add(lists > 0, "%s takes no tagPatternList and no tagPrefixList", s.TagStatus)
	default:
		add(true, "tagStatus %q is not tagged, untagged or any", s.TagStatus)
	}
	for _, entry := range s.TagPatternList {
		add(entry == "", "an empty pattern")
		add(strings.Count(entry, "*") > mostWildcards, "pattern %q has more than %d wildcards", entry, mostWildcards)
	}
	for _, entry := range s.TagPrefixList {
		add(entry == "", "an empty prefix")
		add(strings.Contains(entry, "*"), "prefix %q: a wildcard works in tagPatternList only", entry)
	}
	switch s.CountType {
	case SincePushed:
		add(s.CountUnit != Days, "sinceImagePushed needs countUnit days")
	case CountMoreThan:
		add(s.CountUnit != "", "imageCountMoreThan takes no countUnit")
	default:
		add(true, "countType %q is not imageCountMoreThan or sinceImagePushed", s.CountType)
	}
	add(s.CountNumber < 1, "countNumber %d is not positive", s.CountNumber)
	add(r.Action.Type != Expire, "action %q is not expire", r.Action.Type)
	return out
}
