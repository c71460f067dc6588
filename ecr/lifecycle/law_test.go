package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is what a project keeps; it has every kind of rule.
var sample = Retention{Keep: []string{"prod", "staging"}, Releases: []string{"v*"}, MergeRequestDays: 14, Content: []string{"app-*", "terraform-*"}, ContentCount: 3, Results: []string{"test-*", "package-*"}, ResultDays: 8}

// randomRepository is a repository as a registry can hold it: a tag is on one image at most, tags move to other images,
// an image has none, one or many, and several are pushed at the same instant.
func randomRepository(r *rand.Rand) []Image {
	names := []string{"latest", "latest-arm64", "prod", "prod-old", "staging", "v1.0", "v2", "dev-v3", "mr-7", "mr-70", "mr-8", "main", "deployed-mr-7", "deployed-prod", "deployed-staging"}
	for i := range 8 {
		names = append(names, fmt.Sprintf("app-%x", i), fmt.Sprintf("terraform-%x", i), fmt.Sprintf("test-%x", i), fmt.Sprintf("mr-%d", 100+i))
	}
	images := make([]Image, 1+r.IntN(20))
	for i := range images {
		images[i] = Image{Digest: fmt.Sprintf("sha256:%02d", i), PushedAt: exampleNow.Add(-time.Duration(r.IntN(60*24/6)) * 6 * time.Hour)}
	}
	for _, name := range names {
		if r.IntN(4) == 0 {
			continue
		}
		to := r.IntN(len(images))
		images[to].Tags = append(images[to].Tags, name)
	}
	for i := range images { // some are children of a manifest list
		if r.IntN(6) == 0 && len(images[i].Tags) == 0 {
			images[i].Parents = []string{images[r.IntN(len(images))].Digest}
		}
	}
	return images
}

// lost are the images that a policy expires although they carry a tag that must stay, now or on any later day, after
// any number of pushes.
func lost(p Policy, keep Retention, images []Image, r *rand.Rand) []string {
	var out []string
	for day := range 5 {
		now := exampleNow.AddDate(0, 0, 90*day)
		for _, f := range p.Evaluate(images, now) {
			if f.Expired && slices.ContainsFunc(f.Image.Tags, keep.Protects) {
				out = append(out, f.Image.Name()+": "+f.Why)
			}
		}
		// Later pushes: new images take moving tags over, and come with tags that look like protected ones.
		for i := range r.IntN(4) {
			digest := fmt.Sprintf("sha256:new-%d-%d", day, i)
			fresh := Image{Digest: digest, PushedAt: now.Add(-time.Hour), Tags: []string{fmt.Sprintf("app-%d%d", day, i), fmt.Sprintf("latest-%d%d", day, i), fmt.Sprintf("v9.%d%d", day, i), fmt.Sprintf("deployed-%d%d", day, i)}}
			if r.IntN(2) == 0 {
				fresh.Tags = append(fresh.Tags, "latest")
				for j := range images {
					images[j].Tags = slices.DeleteFunc(slices.Clone(images[j].Tags), func(tag string) bool { return tag == "latest" })
				}
			}
			images = append(images, fresh)
		}
	}
	return out
}

const repositories = 3000

// No image that carries a protected tag is ever expired, whatever the repository, the day and the pushes to come.
func TestProtectedImagesStay(t *testing.T) {
	p, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	expired := 0
	for range repositories {
		images := randomRepository(r)
		review := p.Review(images, Guard{Protects: sample.Protects}, exampleNow)
		if err := review.Err(); err != nil {
			t.Fatalf("the generated policy is refused: %v\n%s", err, review.Report())
		}
		expired += len(review.Expired())
		if got := lost(p, sample, images, r); len(got) > 0 {
			t.Fatalf("lost: %s", strings.Join(got, "; "))
		}
	}
	if expired < repositories {
		t.Errorf("%d images expired in %d repositories: the law is not put to the test", expired, repositories)
	}
	t.Logf("%d repositories, %d images expired, none that is protected", repositories, expired)
}

// Whatever a policy does, a review that lets it pass loses no deployed image within the time in which AWS acts, and a
// refusal names the image.
func TestDeployedImagesStay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range repositories {
		images := randomRepository(r)
		p := randomPolicy(r)
		deployed := images[r.IntN(len(images))].Digest
		review := p.Review(images, Guard{Deployed: []string{deployed}}, exampleNow)
		gone := slices.Contains(review.Expired(), deployed) ||
			slices.Contains(Review{Fates: p.Evaluate(images, exampleNow.Add(24*time.Hour))}.Expired(), deployed)
		if gone && review.Err() == nil {
			t.Fatalf("%s is deployed and goes, and the review passes:\n%s\n%s", deployed, p, review.Report())
		}
		if review.Err() != nil {
			refused++
			if !strings.Contains(review.Err().Error(), deployed) {
				t.Fatalf("the refusal does not name %s: %v", deployed, review.Err())
			}
		}
	}
	if refused == 0 || refused == repositories {
		t.Errorf("%d of %d refused", refused, repositories)
	}
}

func randomPolicy(r *rand.Rand) Policy {
	all := []Selection{
		byPattern(1, "latest"), byPrefix(1, "latest"), byPattern(1, "mr-*"), aged(Selection{TagStatus: Tagged, TagPatternList: []string{"v*"}}, 7),
		aged(Selection{TagStatus: Untagged}, 1), byPattern(2, "app-*"), byPattern(1, "latest", "prod"), byPrefix(2, "terraform"),
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:1+r.IntN(len(all))]
	if r.IntN(2) == 0 {
		all = append(all, byCount(Any, 1+r.IntN(5)))
	}
	return policy(all...)
}

// Laws of the evaluation itself, for any policy: one rule at most decides, an image that a rule keeps is not expired by
// a later one, and a repository is judged alike in any order.
func TestEvaluationLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range repositories {
		images, p := randomRepository(r), randomPolicy(r)
		fates := p.Evaluate(images, exampleNow)
		for _, f := range fates {
			first := 0
			for _, rule := range p.Rules {
				if first == 0 && rule.Selection.selects(f.Image.Tags) {
					first = rule.Priority
				}
			}
			if f.Rule != first {
				t.Fatalf("%s is decided by rule %d, the first that selects it is %d", f.Image.Name(), f.Rule, first)
			}
			if f.Expired && f.Forever {
				t.Fatalf("%s is kept for ever and expired: %s", f.Image.Name(), f.Why)
			}
		}
		order := r.Perm(len(images))
		mixed := make([]Image, len(images))
		for to, from := range order {
			mixed[to] = images[from]
		}
		for to, f := range p.Evaluate(mixed, exampleNow) {
			if f.Expired != fates[order[to]].Expired {
				t.Fatalf("%s: another order, another fate", f.Image.Name())
			}
		}
	}
}
