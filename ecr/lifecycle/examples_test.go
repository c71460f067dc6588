package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var exampleNow = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func ago(days float64) time.Time {
	return exampleNow.Add(-time.Duration(days * 24 * float64(time.Hour)))
}

// img is an image pushed some days ago; its name is its digest.
func img(name string, days float64, tags ...string) Image {
	return Image{Digest: name, Tags: tags, PushedAt: ago(days)}
}

func byPrefix(count int, prefixes ...string) Selection {
	return Selection{TagStatus: Tagged, TagPrefixList: prefixes, CountType: CountMoreThan, CountNumber: count}
}

func byPattern(count int, patterns ...string) Selection {
	return Selection{TagStatus: Tagged, TagPatternList: patterns, CountType: CountMoreThan, CountNumber: count}
}

func byCount(status string, count int) Selection {
	return Selection{TagStatus: status, CountType: CountMoreThan, CountNumber: count}
}

func policy(selections ...Selection) Policy {
	var p Policy
	for i, s := range selections {
		p.Rules = append(p.Rules, Rule{Priority: i + 1, Selection: s, Action: Action{Expire}})
	}
	return p
}

// The examples of "Examples of lifecycle policies in Amazon ECR" (ECR user guide), with the results it states. In the
// last one the guide has D and E pushed "1 day ago" and takes E for the newest. That D is expired there, although it is
// the only image that no rule before has taken, shows that a rule counts what rules before it have taken.
func TestDocumentedExamples(t *testing.T) {
	multiple := []Image{img("A", 10, "beta-1", "prod-1"), img("B", 9, "beta-2", "prod-2"), img("C", 8, "beta-3")}
	two := []Image{img("A", 12, "alpha-1"), img("B", 11, "beta-1"), img("C", 10, "alpha-2", "beta-2"), img("D", 4, "alpha-3"), img("E", 3, "beta-3"), img("F", 2, "alpha-4", "beta-4")}
	exclusive := []Image{img("A", 10, "alpha-1", "beta-1", "gamma-1"), img("B", 9, "alpha-2", "beta-2"), img("C", 8, "alpha-3", "beta-3", "gamma-2")}
	for _, tt := range []struct {
		name   string
		policy Policy
		images []Image
		want   string
	}{
		{"age, untagged older than 14 days", policy(aged(Selection{TagStatus: Untagged}, 14)), []Image{img("A", 15), img("B", 13), img("C", 20, "x")}, "A"},
		{"age, prod* older than 14 days", policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"prod*"}}, 14)),
			[]Image{img("A", 15, "prod"), img("B", 15, "prod-team1"), img("C", 15, "preprod"), img("D", 13, "prod2")}, "A B"},
		{"count, one untagged image", policy(byCount(Untagged, 1)), []Image{img("A", 3), img("B", 2), img("C", 9, "x")}, "A"},
		{"multiple rules, A", policy(byPrefix(1, "prod"), byPrefix(1, "beta")), multiple, "A"},
		{"multiple rules, A, by patterns", policy(byPattern(1, "prod*"), byPattern(1, "beta*")), multiple, "A"},
		{"multiple rules, B", policy(byPrefix(1, "beta"), byPrefix(1, "prod")), multiple, "A B"},
		{"multiple rules, B, by patterns", policy(byPattern(1, "beta*"), byPattern(1, "prod*")), multiple, "A B"},
		{"multiple tags in a rule, A", policy(aged(Selection{TagStatus: Tagged, TagPrefixList: []string{"alpha", "beta"}}, 5)), two, "C"},
		{"multiple tags in a rule, A, by patterns", policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"alpha*", "beta*"}}, 5)), two, "C"},
		{"multiple tags in a rule, B", policy(byPrefix(1, "alpha", "beta")), exclusive, "A B"},
		{"multiple tags in a rule, B, by patterns", policy(byPattern(1, "alpha*", "beta*")), exclusive, "A B"},
		{"all images, A", policy(byCount(Any, 1)), []Image{img("A", 4, "alpha-1"), img("B", 3, "beta-1"), img("C", 2), img("D", 1, "alpha-2")}, "A B C"},
		{"all images, B", policy(byPrefix(1, "alpha"), aged(Selection{TagStatus: Untagged}, 1), byCount(Any, 1)),
			[]Image{img("A", 4, "alpha-1", "beta-1"), img("B", 3), img("C", 2, "alpha-2"), img("D", 1, "git hash"), img("E", 0.9)}, "A B D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.policy.Validate(); err != nil {
				t.Fatal(err)
			}
			expired := Review{Fates: tt.policy.Evaluate(tt.images, exampleNow)}.Expired()
			if got := strings.Join(expired, " "); got != tt.want {
				t.Errorf("expired %q, want %q", got, tt.want)
			}
			// The order in which images and rules are listed does not matter.
			slices.Reverse(tt.images)
			slices.Reverse(tt.policy.Rules)
			again := Review{Fates: tt.policy.Evaluate(tt.images, exampleNow)}.Expired()
			slices.Sort(again)
			if got := strings.Join(again, " "); got != tt.want {
				t.Errorf("listed the other way round: expired %q, want %q", got, tt.want)
			}
			slices.Reverse(tt.images)
		})
	}
}

// Wildcards as "Lifecycle policy evaluation rules" describes them.
func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, tag string
		want         bool
	}{
		{"prod*", "prod", true}, {"prod*", "prod1", true}, {"prod*", "production-team1", true}, {"prod*", "preprod", false},
		{"*prod*", "repo-production", true}, {"*prod*", "prod-team", true}, {"*prod*", "dev", false},
		{"latest", "latest", true}, {"latest", "latest-arm64", false}, {"latest", "Latest", false},
		{"*test*1*2*3", "a-test-1x2y3", true}, {"*test*1*2*3", "a-test-1x2y3z", false}, {"*", "", true}, {"*", "x", true},
		{"a*b", "ab", true}, {"a*b", "aab", true}, {"a*b", "ba", false}, {"a*a", "a", false}, {"v*.*", "v1.2.3", true}, {"v*.*", "v1", false},
	} {
		if got := MatchPattern(tt.pattern, tt.tag); got != tt.want {
			t.Errorf("%q on %q: %t", tt.pattern, tt.tag, got)
		}
	}
}

// The limit is crossed, not reached: an image of exactly N days stays.
func TestBoundaries(t *testing.T) {
	p := policy(aged(Selection{TagStatus: Untagged}, 14))
	at := Image{Digest: "at", PushedAt: ago(14)}
	past := Image{Digest: "past", PushedAt: ago(14).Add(-time.Nanosecond)}
	fates := p.Evaluate([]Image{at, past}, exampleNow)
	if fates[0].Expired || !fates[1].Expired {
		t.Errorf("fates %+v", fates)
	}
	tied := policy(byCount(Untagged, 1)).Evaluate([]Image{img("B", 1), img("A", 1), img("C", 2)}, exampleNow)
	if tied[1].Expired || !tied[0].Expired || !tied[0].Tied || !tied[1].Tied || tied[2].Tied {
		t.Errorf("ties %+v", tied)
	}
}

// What a manifest list refers to stays as long as the list.
func TestManifestListKeepsItsImages(t *testing.T) {
	images := []Image{img("list", 30, "latest"), {Digest: "child", PushedAt: ago(30), Parents: []string{"list"}}, img("orphan", 30)}
	r := Retention{}
	p, err := r.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if got := (Review{Fates: p.Evaluate(images, exampleNow)}).Expired(); !slices.Equal(got, []string{"orphan"}) {
		t.Errorf("expired %v", got)
	}
}
