package project

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"dagger/pipeline/environments"
)

// Rules say which files an environment uses.
type Rules []Rule

// Rule gives files to the environments that a pattern matches.
type Rule struct {
	Environments string // mr-*, prod; * for all
	Files        []string
}

// ofEnvironments is a pattern of environments: the letters of their names, and what
// stands for any.
var ofEnvironments = regexp.MustCompile(`^[a-z0-9*?\[\]^-]+$`)

// check refuses a rule for what no environment can be called: it would never count,
// and the environment that is meant would get nothing.
func (r Rule) check(key string) error {
	if !strings.ContainsAny(r.Environments, "*?[") {
		if err := environments.Validate(r.Environments); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	if _, err := path.Match(r.Environments, ""); err != nil || !ofEnvironments.MatchString(r.Environments) {
		return fmt.Errorf("%s is for the environments %q, and none can be called that: write a name, or a pattern such as mr-*", key, r.Environments)
	}
	return nil
}

// For returns an environment's files, in the order in which they are passed. The
// most specific rule alone counts: the name itself before a pattern, a longer
// pattern before a shorter one. An environment without a rule has no file.
func (r Rules) For(environment string) []string {
	var files []string
	for _, file := range r.rule(environment).Files {
		files = append(files, strings.ReplaceAll(file, mark, environment))
	}
	return files
}

// mark stands for the environment's name.
const mark = "{environment}"

// Apart reports whether an environment has a file that no other environment has.
func (r Rules) Apart(environment string) bool {
	rule := r.rule(environment)
	return slices.ContainsFunc(rule.Files, func(file string) bool {
		return strings.Contains(file, mark) || rule.Environments == environment && !slices.ContainsFunc(r, func(other Rule) bool {
			return other.Environments != environment && slices.Contains(other.Files, file)
		})
	})
}

// Differ reports whether two environments take different files.
func (r Rules) Differ(a, b string) bool { return !slices.Equal(r.For(a), r.For(b)) }

func (r Rules) rule(environment string) Rule {
	sorted := slices.Clone(r)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].weight() > sorted[j].weight() })
	for _, rule := range sorted {
		if ok, err := path.Match(rule.Environments, environment); err == nil && ok {
			return rule
		}
	}
	return Rule{}
}

// weight is more for what matches less.
func (r Rule) weight() int {
	weight := len(r.Environments) - strings.Count(r.Environments, "*")
	if weight == len(r.Environments) {
		weight += 1 << 10 // no pattern at all
	}
	return weight
}

// Patterns are the files of all environments.
func (r Rules) Patterns() (out []string) {
	for _, rule := range r {
		for _, file := range rule.Files {
			out = append(out, strings.ReplaceAll(file, mark, "*"))
		}
	}
	return out
}
