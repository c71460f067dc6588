package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/ecr"
	"dagger/pipeline/images"
	"dagger/pipeline/registry"
	"dagger/pipeline/results"
	"dagger/pipeline/trust"
)

// A model of a registry that runs of all branches share, and of who may push any
// branch: an open run does what its branch says, with all the rights of its role.
// The decisions are those of the pipeline itself: which repositories a run looks
// in, what it takes, what it pushes and tags, and what its session may do.

// modelImage is an image in the registry. It is tainted when an open run has
// written it, or it was built on one that is.
type modelImage struct {
	content, digest string
	labels          map[string]string // of a result
	tainted         bool
}

// rules are what a mutant breaks.
type rules struct {
	open func(Place) (images.Store, error)
	push purpose
	find func(images.Store) images.Store // where results are looked for
}

func soundRules() rules {
	return rules{
		open: func(r Place) (images.Store, error) { return r.images(r.Address) },
		push: pushing,
		find: func(r images.Store) images.Store { return r },
	}
}

type model struct {
	rules    rules
	random   *rand.Rand
	tags     map[string]modelImage // by repository:tag
	digests  map[string]modelImage // by repository@digest
	pushes   int
	policies map[string]policy
	// violations are what must not happen.
	violations []string
}

type policy struct {
	Statement []struct{ Action, Resource []string }
}

func (p policy) allows(action, repository string) bool {
	for _, s := range p.Statement {
		if slices.Contains(s.Action, action) && slices.Contains(s.Resource, "arn:aws:ecr:eu-west-1:123456789012:repository/"+repository) {
			return true
		}
	}
	return false
}

// session is what a run of a registry may do when it pushes.
func (m *model) session(r images.Store) policy {
	key := fmt.Sprint(r.Path, r.Reads, r.Writes)
	if p, known := m.policies[key]; known {
		return p
	}
	text, err := ecr.RepositoryPolicy("aws", "eu-west-1", "123456789012", m.rules.push(r)...)
	if err != nil {
		m.violations = append(m.violations, err.Error())
	}
	var p policy
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	m.policies[key] = p
	return p
}

// put writes an image for a run, if its session may.
func (m *model) put(run Place, r images.Store, repository, tag string, image modelImage) error {
	if !m.session(r).allows("ecr:PutImage", repository) {
		return errors.New("403 Forbidden")
	}
	image.tainted = image.tainted || run.Trust != trust.Protected
	m.tags[repository+":"+tag] = image
	m.digests[repository+"@"+image.digest] = image
	return nil
}

func (m *model) ask(_ context.Context, repository, tag string) (registry.Lookup, string, error) {
	out := registry.Lookup{Reference: "registry/" + repository + ":" + tag, State: registry.Missing}
	image, found := m.tags[repository+":"+tag]
	if found {
		out.State, out.Digest, out.Labels = registry.Found, image.digest, image.labels
	}
	return out, image.content, nil
}

// use is what a run does with an image: it must not be one that it must not trust.
func (m *model) use(run Place, pinned string) modelImage {
	image := m.digests[strings.TrimPrefix(pinned, "registry/")]
	if image.tainted && (run.Trust == trust.Protected || run.Lasting) {
		m.violations = append(m.violations, fmt.Sprintf("a run of level %q, lasting %v, at %q used %s, which an open run has written", run.Trust, run.Lasting, run.Address, pinned))
	}
	return image
}

// The projects of one registry: some are below others, and one is where another's
// open images are.
var modelPaths = []string{"group", "group/open", "group/app", "group/opener", "other"}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// step is one run, chosen at random.
func (m *model) step() {
	run := Place{
		Address: pick(m.random, modelPaths),
		Trust:   pick(m.random, []trust.Level{trust.Open, trust.Open, trust.Protected, ""}),
		Lasting: m.random.IntN(3) == 0,
	}
	r, err := m.rules.open(run)
	if err != nil {
		return // it is refused
	}
	r.Login.Host, r.Ask = "registry", m.ask
	if run.Trust != trust.Protected && m.random.IntN(2) == 0 {
		m.attack(run, r)
		return
	}
	m.pipeline(run, r)
}

var modelTags = []string{"mr-7", "latest", "staging", "branch-x"}

// content is the tag of one of a few contents; both levels have the same, as a
// lock file passes a merge request before it is merged.
func (m *model) content(kind string) string {
	return fmt.Sprintf("%s-%032d", kind, m.random.IntN(3))
}

// attack pushes an image of the attacker's choice under any name that the role
// lets it have, its label forged.
func (m *model) attack(run Place, r images.Store) {
	kind := pick(m.random, []string{"app", "terraform", "module", "results"})
	tag := m.content(kind)
	image := modelImage{content: tag, digest: m.digest(), labels: results.Record{Key: tag, Made: time.Now()}.Labels()}
	if kind != "results" && m.random.IntN(3) == 0 {
		tag = pick(m.random, modelTags)
	}
	if kind == "module" {
		kind = "terraform"
	}
	target := pick(m.random, modelPaths)
	_ = m.put(run, r, path.Join(target, pick(m.random, []string{"", "open"}), kind), tag, image)
}

func (m *model) digest() string {
	m.pushes++
	return fmt.Sprintf("sha256:%064d", m.pushes)
}

// pipeline is a run of the pipeline's own: it looks its images up, runs what it
// finds or builds, and may publish them.
func (m *model) pipeline(run Place, r images.Store) {
	ctx := context.Background()
	var entries []Entry
	built := map[string]bool{} // what it builds is as good as what it builds on
	for _, kind := range []string{"app", "terraform", "module"} {
		image := images.Image{Name: kind, Tag: m.content(kind)}
		if kind == "module" {
			image.Name = "terraform"
		}
		var err error
		if image.Found, err = r.Look(ctx, image.Name, image.Tag); err != nil {
			return // a tag of other content
		}
		if image.Found.State == registry.Found {
			built[image.Tag] = m.use(run, image.Found.Pinned()).tainted
		} else if kind == "module" {
			built[image.Tag] = built[entries[1].Tag]
		}
		entries = append(entries, Entry{Image: image, Moving: kind != "terraform"})
	}
	m.result(run, r, built[entries[0].Tag])
	if m.random.IntN(2) == 0 {
		publish := Publish{Registry: Opened{Store: r}, Tags: []string{pick(m.random, modelTags)}}
		publish.push = func(_ context.Context, image images.Image, reference string) (string, error) {
			repository, tag, _ := strings.Cut(strings.TrimPrefix(reference, "registry/"), ":")
			pushed := modelImage{content: image.Tag, digest: m.digest(), tainted: built[image.Tag]}
			return pushed.digest, m.put(run, r, repository, tag, pushed)
		}
		publish.retag = func(_ context.Context, repository, digest, tag string) error {
			image, found := m.digests[repository+"@"+digest]
			if !found {
				return errors.New("404 Not Found")
			}
			return m.put(run, r, repository, tag, image)
		}
		if _, err := publish.Run(ctx, entries...); err != nil && !strings.Contains(err.Error(), "other content") {
			m.violations = append(m.violations, "publishing: "+err.Error())
		}
	}
	if reference, err := r.PublishedAt(ctx, pick(m.random, modelTags)); err == nil {
		m.use(run, reference)
	}
}

// result takes the result of a step where it finds one, else runs the step in the
// app image, which may be tainted, and keeps what it gave.
func (m *model) result(run Place, r images.Store, tainted bool) {
	key := m.content("results")
	found, ok, err := m.rules.find(r).FindResult(context.Background(), key, func(labels map[string]string) error {
		_, err := results.Read(labels, key, time.Now(), time.Hour)
		return err
	})
	if err != nil {
		m.violations = append(m.violations, err.Error())
	}
	if ok {
		m.use(run, found.Pinned())
		return
	}
	image := modelImage{content: key, digest: m.digest(), labels: results.Record{Key: key, Made: time.Now()}.Labels(), tainted: tainted}
	if err := m.put(run, r, r.Results(r.Writes), key, image); err != nil {
		m.violations = append(m.violations, "keeping a result: "+err.Error())
	}
}
