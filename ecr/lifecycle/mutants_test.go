package lifecycle

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/fault"
)

// mutants are policies that look like the right one and lose an image. Each must be caught where safety is claimed: by
// the review of a repository, by the law over random repositories, or by validation before anything is asked.
func mutants(t *testing.T) map[string]Policy {
	right, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func([]Rule) []Rule) Policy {
		rules := slices.Clone(right.Rules)
		rules = edit(rules)
		return Policy{rules}
	}
	renumber := func(rules []Rule) []Rule {
		for i := range rules {
			rules[i].Priority = i + 1
		}
		return rules
	}
	last := func(rules []Rule, i int) []Rule {
		rule := rules[i]
		return renumber(append(slices.Delete(slices.Clone(rules), i, i+1), rule))
	}
	find := func(pattern string) int {
		return slices.IndexFunc(right.Rules, func(r Rule) bool { return slices.Equal(r.Selection.TagPatternList, []string{pattern}) })
	}
	out := map[string]Policy{
		"prefix in place of pattern": change(func(r []Rule) []Rule {
			r[find("latest")].Selection.TagPatternList, r[find("latest")].Selection.TagPrefixList = nil, []string{"latest"}
			return r
		}),
		"wildcard behind the tag": change(func(r []Rule) []Rule { r[find("latest")].Selection.TagPatternList = []string{"latest*"}; return r }),
		"two entries in one list": change(func(r []Rule) []Rule {
			r[find("latest")].Selection.TagPatternList = []string{"latest", "prod"}
			return renumber(slices.DeleteFunc(r, func(x Rule) bool { return slices.Equal(x.Selection.TagPatternList, []string{"prod"}) }))
		}),
		"shield rule last": change(func(r []Rule) []Rule { return last(r, find("latest")) }),
		"any before others": change(func(r []Rule) []Rule {
			return renumber(append([]Rule{{Selection: byCount(Any, 5), Action: Action{Expire}}}, r...))
		}),
		"shield left out": change(func(r []Rule) []Rule { return renumber(slices.Delete(r, find("latest"), find("latest")+1)) }),
		"shield by age": change(func(r []Rule) []Rule {
			r[find("latest")].Selection = aged(Selection{TagStatus: Tagged, TagPatternList: []string{"latest"}}, 30)
			return r
		}),
		"releases by count": change(func(r []Rule) []Rule {
			r[find("v*")].Selection.CountNumber = 2
			return r
		}),
		"releases after merge requests": change(func(r []Rule) []Rule { return last(r, find("v*")) }),
		"deployed by count": change(func(r []Rule) []Rule {
			r[find("deployed-*")].Selection.CountNumber = 2
			return r
		}),
		"deployed by age": change(func(r []Rule) []Rule {
			r[find("deployed-*")].Selection = aged(Selection{TagStatus: Tagged, TagPatternList: []string{"deployed-*"}}, 365)
			return r
		}),
		"deployed for merge requests alone": change(func(r []Rule) []Rule {
			r[find("deployed-*")].Selection.TagPatternList = []string{"deployed-mr-*"}
			return r
		}),
		"deployed and another": change(func(r []Rule) []Rule {
			r[find("deployed-*")].Selection.TagPatternList = []string{"deployed-*", "app-*"}
			return r
		}),
		"deployed shield last": change(func(r []Rule) []Rule { return last(r, find("deployed-*")) }),
		"case":                 change(func(r []Rule) []Rule { r[find("latest")].Selection.TagPatternList = []string{"Latest"}; return r }),
		"any at the end takes the rest": change(func(r []Rule) []Rule {
			return renumber(append(slices.Delete(r, find("latest"), find("latest")+1), Rule{Selection: byCount(Any, 2), Action: Action{Expire}}))
		}),
	}
	for _, name := range []string{"prod", "staging"} {
		out["last shield "+name] = change(func(r []Rule) []Rule { return last(r, find(name)) })
	}
	return out
}

func TestMutantsAreCaught(t *testing.T) {
	for name, p := range mutants(t) {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			invalid, refused, broken := p.Validate() != nil, 0, 0
			for range repositories {
				images := randomRepository(r)
				if p.Review(images, Guard{Protects: sample.Protects}, exampleNow).Err() != nil {
					refused++
				}
				if len(lost(p, sample, images, r)) > 0 {
					broken++
				}
			}
			t.Logf("invalid %t, refused for %d of %d repositories, loses an image in %d", invalid, refused, repositories, broken)
			if !invalid && refused == 0 {
				t.Error("validation and review let it pass")
			}
			if broken == 0 {
				t.Error("the law does not notice")
			}
		})
	}
}

// A review refuses by the rules alone: also when nothing is lost yet, because the image that would push the protected
// one out has not been pushed.
func TestReviewSeesWhatIsToCome(t *testing.T) {
	images := []Image{img("A", 1, "latest")}
	guard := Guard{Protects: sample.Protects}
	for name, p := range map[string]Policy{
		"prefix":   policy(byPrefix(1, "latest")),
		"wildcard": policy(byPattern(1, "latest*")),
		"any":      policy(byCount(Any, 100)),
		"age":      policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"*"}}, 365)),
	} {
		if review := p.Review(images, guard, exampleNow); !errors.Is(review.Err(), fault.ErrProtected) || len(review.Expired()) != 0 {
			t.Errorf("%s: %v", name, review.Err())
		}
	}
	if err := policy(byPattern(1, "latest"), byCount(Any, 1)).Review(images, guard, exampleNow).Err(); err != nil {
		t.Error(err)
	}
	// Of two that were pushed at the same instant one goes, and nothing says which: a deployed one is not safe.
	tied := policy(byPattern(1, "app-*"))
	if err := tied.Review([]Image{img("A", 1, "app-1"), img("B", 1, "app-2")}, Guard{Deployed: []string{"A"}}, exampleNow).Err(); !errors.Is(err, fault.ErrProtected) {
		t.Errorf("a tie: %v", err)
	}
	// A deployed image that AWS would take before the day is over counts as gone; one that has time is a risk.
	p := policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"mr-*"}}, 14))
	for age, want := range map[float64]string{1: "risk", 12.5: "refused", 15: "refused"} {
		review := p.Review([]Image{img("A", age, "mr-9")}, Guard{Deployed: []string{"A"}}, exampleNow)
		got := "risk"
		if review.Err() != nil {
			got = "refused"
		} else if len(review.Risks) == 0 {
			got = "nothing"
		}
		if got != want {
			t.Errorf("deployed for %v days: %s, want %s", age, got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	long := make([]Selection, 51)
	for i := range long {
		long[i] = byPattern(1, fmt.Sprintf("t%d", i))
	}
	edit := func(change func(*Rule)) Policy {
		p := policy(byPattern(1, "a*"))
		change(&p.Rules[0])
		return p
	}
	for want, p := range map[string]Policy{
		"no rules":                {},
		"51 rules":                policy(long...),
		"under 1":                 edit(func(r *Rule) { r.Priority = 0 }),
		"taken twice":             {[]Rule{policy(byPattern(1, "a")).Rules[0], policy(byPattern(1, "b")).Rules[0]}},
		"same images":             policy(byPattern(1, "a", "b"), byPattern(2, "b", "a")),
		"untagged":                policy(byCount(Untagged, 1), aged(Selection{TagStatus: Untagged}, 1)),
		"must come last":          policy(byCount(Any, 1), byPattern(1, "a")),
		"needs tagPatternList":    policy(byCount(Tagged, 1)),
		"exclude each other":      edit(func(r *Rule) { r.Selection.TagPrefixList = []string{"a"} }),
		"takes no tagPatternList": edit(func(r *Rule) { r.Selection.TagStatus = Any }),
		"not tagged, untagged":    edit(func(r *Rule) { r.Selection.TagStatus = "all" }),
		"empty pattern":           policy(byPattern(1, "")),
		"empty prefix":            policy(byPrefix(1, "")),
		"more than 4 wildcards":   policy(byPattern(1, "test*1*2*3*4*5*6")),
		"wildcard works in":       policy(byPrefix(1, "prod*")),
		"needs countUnit":         edit(func(r *Rule) { r.Selection.CountType = SincePushed }),
		"takes no countUnit":      edit(func(r *Rule) { r.Selection.CountUnit = Days }),
		"countType":               edit(func(r *Rule) { r.Selection.CountType = "sinceImagePulled" }),
		"not positive":            policy(byPattern(0, "a")),
		"action \"transition\"":   edit(func(r *Rule) { r.Action.Type = "transition" }),
		"characters are over":     edit(func(r *Rule) { r.Description = string(make([]byte, 31000)) }),
	} {
		if err := p.Validate(); !errors.Is(err, fault.ErrConfig) || !contains(err, want) {
			t.Errorf("want %q, got %.200v", want, err)
		}
	}
	if err := policy(byPattern(1, "*test*1*2*3")).Validate(); err != nil {
		t.Error(err)
	}
}

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }
