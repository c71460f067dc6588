package project

import (
	"path"
	"sort"
	"strings"
)

// Rules tell which files an environment takes.
type Rules []Rule

// Rule gives files to the environments that a pattern matches.
type Rule struct {
	Environments string // mr-*, prod; * for all
	Files        []string
}

// For gives an environment's files, in the order in which they are passed. The
// most specific rule counts alone: the name itself before a pattern, a longer
// pattern before a shorter one. No rule for an environment gives no file.
func (r Rules) For(environment string) []string {
	sorted := append(Rules{}, r...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].weight() > sorted[j].weight() })
	for _, rule := range sorted {
		if ok, err := path.Match(rule.Environments, environment); err != nil || !ok {
			continue
		}
		files := make([]string, len(rule.Files))
		for i, file := range rule.Files {
			files[i] = strings.ReplaceAll(file, "{environment}", environment)
		}
		return files
	}
	return nil
}

// weight is more for what matches less.
func (r Rule) weight() int {
	weight := len(r.Environments) - strings.Count(r.Environments, "*")
	if weight == len(r.Environments) {
		weight += 1 << 10 // no pattern at all
	}
	return weight
}
