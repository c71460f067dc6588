package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A checker that shares nothing with the evaluator: it lives through the days as ECR does. Each day every rule is
// held against all images; an image belongs to the first rule that its tags fit; what that rule marks goes, unless a
// manifest list that is still there refers to it. Tags are matched by regular expressions.
func liveOn(p Policy, images []Image, day time.Time) []Image {
	forms := func(s Selection) []*regexp.Regexp {
		var out []*regexp.Regexp
		for _, entry := range append(slices.Clone(s.TagPatternList), s.TagPrefixList...) {
			form := "^" + strings.ReplaceAll(regexp.QuoteMeta(entry), `\*`, ".*")
			if len(s.TagPatternList) > 0 {
				form += "$"
			}
			out = append(out, regexp.MustCompile(form))
		}
		return out
	}
	fits := func(s Selection, forms []*regexp.Regexp, image Image) bool {
		if s.TagStatus != Tagged {
			return s.TagStatus == Any || len(image.Tags) == 0
		}
		all := len(image.Tags) > 0
		for _, form := range forms {
			all = all && slices.ContainsFunc(image.Tags, form.MatchString)
		}
		return all
	}
	owner := map[string]int{}
	doomed := map[string]bool{}
	rules := slices.Clone(p.Rules)
	slices.SortFunc(rules, func(a, b Rule) int { return a.Priority - b.Priority })
	for _, rule := range rules {
		var of []Image
		forms := forms(rule.Selection)
		for _, image := range images {
			if fits(rule.Selection, forms, image) {
				of = append(of, image)
			}
		}
		slices.SortStableFunc(of, func(a, b Image) int { return b.PushedAt.Compare(a.PushedAt) })
		for place, image := range of {
			if owner[image.Digest] == 0 {
				owner[image.Digest] = rule.Priority
				old := rule.Selection.CountType == SincePushed && image.PushedAt.AddDate(0, 0, rule.Selection.CountNumber).Before(day)
				doomed[image.Digest] = old || rule.Selection.CountType == CountMoreThan && place >= rule.Selection.CountNumber
			}
		}
	}
	there := map[string]bool{}
	for _, image := range images {
		there[image.Digest] = true
	}
	return slices.DeleteFunc(slices.Clone(images), func(image Image) bool {
		held := slices.ContainsFunc(image.Parents, func(list string) bool { return there[list] })
		return doomed[image.Digest] && !held
	})
}

// After has a policy at work on a repository for two years in which much else is pushed.
func afterYears(p Policy, images []Image) []Image {
	for day := 0; day < 730; day += 5 {
		now := exampleNow.AddDate(0, 0, day)
		if day%10 == 0 {
			images = append(images, Image{Digest: fmt.Sprintf("sha256:new-%d", day), PushedAt: now, Tags: []string{fmt.Sprintf("app-%d", day), fmt.Sprintf("mr-%d", 90000+day)}})
		}
		images = liveOn(p, images, now)
	}
	return images
}

// A thousand environments: what each has deployed is there after two years, with the images that its manifest list
// refers to, under a policy with as many rules as for one.
func TestAThousandEnvironments(t *testing.T) {
	const environments = 1000
	const repository = "group/app"
	var images []Image
	g := Guard{Protects: sample.Protects, Environments: map[string]string{}}
	for n := range environments {
		list := fmt.Sprintf("sha256:%d", n)
		mr := fmt.Sprintf("mr-%d", n+1)
		g.Environments[mr] = mr
		images = append(images, img(list, float64(n%60), mr, fmt.Sprintf("app-%x", n)),
			Image{Digest: list + "-amd64", PushedAt: ago(float64(n % 60)), Parents: []string{list}}, img(list+"-old", 90, fmt.Sprintf("mr-%d", 5000+n)))
	}
	p, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	marks := g.Marks(repository, images)
	if len(marks) != environments {
		t.Fatalf("%d tags", len(marks))
	}
	images = Marked(images, marks)
	if err := p.Review(images, g, exampleNow).Err(); err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for _, image := range afterYears(p, images) {
		left[image.Digest] = true
	}
	for n := range environments {
		list := fmt.Sprintf("sha256:%d", n)
		if !left[list] || !left[list+"-amd64"] {
			t.Fatalf("environment %d has lost its image", n+1)
		}
		if left[list+"-old"] {
			t.Fatalf("the image of a merge request that is not deployed stays: %s-old", list)
		}
	}
}

// A review that lets a policy pass loses no deployed image in the days in which AWS acts, be it the child of a manifest
// list, or of two, as the independent checker sees it.
func TestDeployedChildrenLiveOn(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	passed, children, refused := 0, 0, 0
	for range repositories {
		images := randomRepository(r)
		for i := range images {
			if len(images[i].Parents) > 0 && r.IntN(2) == 0 {
				images[i].Parents = append(images[i].Parents, images[r.IntN(len(images))].Digest)
			}
			// No list refers to itself, in no number of steps: only to what stands before it.
			images[i].Parents = slices.DeleteFunc(images[i].Parents, func(list string) bool { return list >= images[i].Digest })
		}
		deployed := images[r.IntN(len(images))]
		p := randomPolicy(r)
		if err := p.Review(images, Guard{Deployed: []string{deployed.Digest}}, exampleNow).Err(); err != nil {
			refused++
			continue
		}
		passed++
		if len(deployed.Parents) > 0 {
			children++
		}
		left := images
		for hours := 0; hours <= 48; hours += 6 {
			left = liveOn(p, left, exampleNow.Add(time.Duration(hours)*time.Hour))
		}
		if !slices.ContainsFunc(left, func(i Image) bool { return i.Digest == deployed.Digest }) {
			t.Fatalf("%s is deployed and goes:\n%s\n%+v", deployed.Name(), p, images)
		}
	}
	if passed == 0 || children == 0 || refused == 0 {
		t.Errorf("%d passed, %d of them children, %d refused", passed, children, refused)
	}
}

// What was seen: a list goes by age, and its deployed child two days later.
func TestDeployedChildOfAListThatGoes(t *testing.T) {
	p := policy(aged(Selection{TagStatus: Tagged, TagPatternList: []string{"mr-*"}}, 30), aged(Selection{TagStatus: Untagged}, 1))
	images := []Image{img("sha256:list", 31, "mr-1"), {Digest: "sha256:child", PushedAt: ago(31), Parents: []string{"sha256:list"}}}
	review := p.Review(images, Guard{Deployed: []string{"sha256:child"}}, exampleNow)
	if !contains(review.Err(), "sha256:child") {
		t.Errorf("%v\n%s", review.Err(), review.Report())
	}
	if got := review.Expired(); !slices.Equal(got, []string{"sha256:list"}) {
		t.Errorf("first go %v", got)
	}
	// With its list it is protected.
	images[0].Tags = append(images[0].Tags, DeployedTag("mr-1"))
	right, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	review = right.Review(images, Guard{Deployed: []string{"sha256:child"}}, exampleNow)
	if review.Err() != nil || len(review.Risks) != 0 {
		t.Errorf("%v, %v", review.Err(), review.Risks)
	}
}
