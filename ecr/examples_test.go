package ecr

import (
	"strings"
	"time"

	"dagger/pipeline/ecr/lifecycle"
)

var kept = lifecycle.Retention{Keep: []string{"prod", "staging"}, Releases: []string{"v*"}, MergeRequestDays: 14, Content: []string{"app-*", "terraform-*"}, ContentCount: 3}

var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// pushed is an image of some days ago; its name is its digest.
func pushed(name string, days float64, tags ...string) lifecycle.Image {
	return lifecycle.Image{Digest: name, Tags: tags, PushedAt: today.Add(-time.Duration(days * 24 * float64(time.Hour)))}
}

func prefixes(count int, prefixes ...string) lifecycle.Selection {
	return lifecycle.Selection{TagStatus: lifecycle.Tagged, TagPrefixList: prefixes, CountType: lifecycle.CountMoreThan, CountNumber: count}
}

func patterns(count int, patterns ...string) lifecycle.Selection {
	return lifecycle.Selection{TagStatus: lifecycle.Tagged, TagPatternList: patterns, CountType: lifecycle.CountMoreThan, CountNumber: count}
}

func anyCount(count int) lifecycle.Selection {
	return lifecycle.Selection{TagStatus: lifecycle.Any, CountType: lifecycle.CountMoreThan, CountNumber: count}
}

func aging(s lifecycle.Selection, days int) lifecycle.Selection {
	s.CountType, s.CountUnit, s.CountNumber = lifecycle.SincePushed, lifecycle.Days, days
	return s
}

func policyOf(selections ...lifecycle.Selection) lifecycle.Policy {
	var p lifecycle.Policy
	for i, s := range selections {
		p.Rules = append(p.Rules, lifecycle.Rule{Priority: i + 1, Selection: s, Action: lifecycle.Action{Type: lifecycle.Expire}})
	}
	return p
}

func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }
