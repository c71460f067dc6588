package steps

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/ecr"
	"dagger/pipeline/images"
	"dagger/pipeline/trust"
)

// histories runs random ones and returns how many images were used, and what went
// wrong first.
func histories(t *testing.T, broken rules, n int) (violations []string) {
	t.Helper()
	stderr := os.Stderr
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = null // runs tell what they find
	defer func() { os.Stderr = stderr; _ = null.Close() }()
	policies := map[string]policy{}
	for seed := range n {
		m := &model{
			rules: broken, random: rand.New(rand.NewPCG(uint64(seed), 7)),
			tags: map[string]modelImage{}, digests: map[string]modelImage{}, policies: policies,
		}
		for range 25 {
			m.step()
		}
		if len(m.violations) > 0 {
			return append([]string{fmt.Sprintf("history %d", seed)}, m.violations...)
		}
	}
	return nil
}

// In no history does a protected run, or one for an environment that lasts, use
// what an open run has written.
func TestNoProtectedRunUsesWhatAnOpenOneWrote(t *testing.T) {
	if bad := histories(t, soundRules(), 10_000); bad != nil {
		t.Error(strings.Join(bad, "\n"))
	}
}

// A mutant for each rule: with the rule taken away the model finds a history.
func TestModelFindsWhatIsBroken(t *testing.T) {
	opened := func(change func(*Place, *images.Store)) func(Place) (images.Store, error) {
		return func(run Place) (images.Store, error) {
			r, err := run.images(run.Address)
			change(&run, &r)
			return r, err
		}
	}
	everything := func(r images.Store) []ecr.Grant {
		return []ecr.Grant{{Actions: ecr.PushActions, Repositories: r.AllRepositories(trust.Protected, trust.Open)}}
	}
	for name, broken := range map[string]rules{
		"a protected run takes open results": {open: soundRules().open, push: pushing, find: func(r images.Store) images.Store {
			r.Reads = []trust.Level{trust.Protected, trust.Open}
			return r
		}},
		"an environment that lasts is given open results": {open: soundRules().open, push: pushing, find: func(r images.Store) images.Store {
			r.Reads = r.Writes.Reads()
			return r
		}},
		"no levels": {open: opened(func(_ *Place, r *images.Store) {
			r.Reads, r.Writes = []trust.Level{trust.Protected}, trust.Protected
		}), push: pushing},
		"a protected run reads open images too": {open: opened(func(_ *Place, r *images.Store) {
			r.Reads = []trust.Level{trust.Protected, trust.Open}
		}), push: pushing},
		"an environment that lasts is given open images": {open: opened(func(run *Place, r *images.Store) {
			r.Reads = run.Trust.Reads()
		}), push: pushing},
		"an open run's session may push everywhere": {open: soundRules().open, push: everything},
		"a project may be where another's open images are": {open: func(run Place) (images.Store, error) {
			r, _ := run.images(run.Address)
			return r, nil
		}, push: pushing},
	} {
		if broken.find == nil {
			broken.find = soundRules().find
		}
		if bad := histories(t, broken, 2_000); bad == nil {
			t.Errorf("%s: no history shows it", name)
		}
	}
}

// The model itself must reach what it is to judge: open runs that use open images
// that others wrote, and protected ones that use protected images.
func TestModelReachesBothLevels(t *testing.T) {
	used := map[string]bool{}
	stderr := os.Stderr
	os.Stderr, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	defer func() { os.Stderr = stderr }()
	for seed := range 200 {
		m := &model{
			rules: soundRules(), random: rand.New(rand.NewPCG(uint64(seed), 7)),
			tags: map[string]modelImage{}, digests: map[string]modelImage{}, policies: map[string]policy{},
		}
		for range 25 {
			m.step()
		}
		for name, image := range m.tags {
			used[fmt.Sprintf("%v %v", strings.Contains(name, "/open/"), image.tainted)] = true
		}
	}
	if !used["true true"] || !used["false false"] || used["false true"] || used["true false"] {
		t.Errorf("repositories (open, tainted): %v", used)
	}
}

// What a session may do for each level, by repository: read, push or expire.
func TestGrantsOfLevels(t *testing.T) {
	for _, test := range []struct {
		level                       trust.Level
		lasting                     bool
		pull, keep, push, retention string
	}{
		{trust.Open, false, "pull g/open/app g/open/terraform g/open/results g/app g/terraform g/results", "g/open/results", "push g/open/app g/open/terraform g/open/results, pull g/app g/terraform g/results", "retain g/open/app g/open/terraform g/open/results"},
		{"", false, "pull g/open/app g/open/terraform g/open/results g/app g/terraform g/results", "g/open/results", "push g/open/app g/open/terraform g/open/results, pull g/app g/terraform g/results", "retain g/open/app g/open/terraform g/open/results"},
		{trust.Open, true, "pull g/app g/terraform g/results", "g/open/results", "push g/open/app g/open/terraform g/open/results, pull g/app g/terraform g/results", "retain g/open/app g/open/terraform g/open/results"},
		{trust.Protected, false, "pull g/app g/terraform g/results", "g/results", "push g/app g/terraform g/results", "retain g/app g/terraform g/results g/open/app g/open/terraform g/open/results"},
		{trust.Protected, true, "pull g/app g/terraform g/results", "g/results", "push g/app g/terraform g/results", "retain g/app g/terraform g/results g/open/app g/open/terraform g/open/results"},
	} {
		r, err := Place{Trust: test.level, Lasting: test.lasting}.images("g")
		if err != nil {
			t.Fatal(err)
		}
		for want, to := range map[string]purpose{test.pull: pulling, test.pull + ", push " + test.keep: using, test.push: pushing, test.retention: retaining} {
			if got := granted(to(r)); got != want {
				t.Errorf("level %q, lasting %v: %s, want %s", test.level, test.lasting, got, want)
			}
		}
	}
	if _, err := (Place{}).images("group/open"); err == nil {
		t.Error("a path that is another's open level is taken")
	}
}

func granted(grants []ecr.Grant) string {
	var out []string
	for _, g := range grants {
		word := "pull"
		if slices.Contains(g.Actions, "ecr:PutImage") {
			word = "push"
		}
		if slices.Contains(g.Actions, "ecr:PutLifecyclePolicy") {
			word = "retain"
		}
		out = append(out, word+" "+strings.Join(g.Repositories, " "))
	}
	return strings.Join(out, ", ")
}

func TestDoctorLooksWhereARunMayNotPush(t *testing.T) {
	open, _ := Place{}.images("g")
	if p := pushes(open); !slices.Equal(p.To, []string{"g/open/app", "g/open/terraform"}) || !slices.Equal(p.NotTo, []string{"g/app", "g/terraform", "g/results"}) {
		t.Errorf("open: %+v", p)
	}
	protected, _ := Place{Trust: trust.Protected}.images("g")
	if p := pushes(protected); !slices.Equal(p.To, []string{"g/app", "g/terraform"}) || p.NotTo != nil {
		t.Errorf("protected: %+v", p)
	}
}

// The session of a registry step is for its level's repositories, in the account
// whose registry it is.
func TestSessionOfARegistryStep(t *testing.T) {
	for address, account := range map[string]string{
		"ecr:group/shop": "123456789012",
		"222222222222.dkr.ecr.eu-west-1.amazonaws.com/group/shop": "222222222222",
	} {
		for level, want := range map[string][]string{
			"open":      {"group/shop/open/app", "group/shop/open/terraform", "group/shop/open/results", "group/shop/app", "group/shop/terraform", "group/shop/results"},
			"protected": {"group/shop/app", "group/shop/terraform", "group/shop/results"},
		} {
			server, asked := cloud(t)
			s := settings(server.URL)
			s.Registry, s.Trust = &address, level
			r := NewRun(s, "mr-7")
			r.purpose = pushing
			if _, err := r.openRegistry(t.Context()); err != nil {
				t.Fatal(err)
			}
			var p policy
			if err := json.Unmarshal([]byte(asked.policy), &p); err != nil {
				t.Fatalf("the session is not narrowed: %v", err)
			}
			var got []string
			for _, statement := range p.Statement[1:] {
				for _, resource := range statement.Resource {
					got = append(got, strings.TrimPrefix(resource, "arn:aws:ecr:eu-west-1:"+account+":repository/"))
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, level %s: the session is for %q, want %q", address, level, got, want)
			}
		}
	}
}
