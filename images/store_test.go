package images

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/registry"
	"dagger/pipeline/trust"
)

func kept(level trust.Level) Store {
	return Store{Path: "group", Reads: level.Reads(), Writes: level.Writes(), Login: registry.Login{Host: "http://registry:5000"}}
}

func TestRepositories(t *testing.T) {
	r := kept(trust.Open)
	if got := r.Repositories(trust.Protected, trust.Open); !slices.Equal(got, []string{"group/app", "group/terraform", "group/open/app", "group/open/terraform"}) {
		t.Errorf("got %q", got)
	}
	if got := r.Reference("app", "x"); got != "registry:5000/group/open/app:x" {
		t.Errorf("got %q", got)
	}
	if got := kept(trust.Protected).Reference("app", "x"); got != "registry:5000/group/app:x" {
		t.Errorf("got %q", got)
	}
}

// A protected run builds on no image that any branch may have pushed, even without a
// registry, or with one that cannot be opened.
func TestBaseImageOfTheOpenLevel(t *testing.T) {
	for _, store := range []Store{kept(trust.Protected), {Reads: trust.Protected.Reads()}, {}} {
		if _, err := store.from(t.Context(), "registry:5000/group/open/app:mr-7"); err == nil || !strings.Contains(err.Error(), "any branch may have pushed it") {
			t.Errorf("%+v: %v", store, err)
		}
	}
}

// The levels are asked in their order, until one has the content; one that does
// not answer is asked once.
func TestLookAsksTheLevelsInOrder(t *testing.T) {
	const open, protected = "group/open/app", "group/app"
	for name, test := range map[string]struct {
		level   trust.Level
		states  map[string]registry.State
		asked   []string
		found   string
		content string
	}{
		"open first":             {trust.Open, map[string]registry.State{open: registry.Found, protected: registry.Found}, []string{open}, open, "tag"},
		"then protected":         {trust.Open, map[string]registry.State{open: registry.Missing, protected: registry.Found}, []string{open, protected}, protected, "tag"},
		"nowhere":                {trust.Open, map[string]registry.State{open: registry.Refused, protected: registry.Missing}, []string{open, protected}, "", "tag"},
		"no answer":              {trust.Open, map[string]registry.State{open: registry.Unreachable}, []string{open}, "", "tag"},
		"protected never open":   {trust.Protected, map[string]registry.State{open: registry.Found, protected: registry.Missing}, []string{protected}, "", "tag"},
		"protected in protected": {trust.Protected, map[string]registry.State{open: registry.Found, protected: registry.Found}, []string{protected}, protected, "tag"},
	} {
		r := kept(test.level)
		var asked []string
		r.Ask = func(_ context.Context, repository, tag string) (registry.Lookup, string, error) {
			asked = append(asked, repository)
			return registry.Lookup{Reference: repository + ":" + tag, State: test.states[repository]}, test.content, nil
		}
		found, err := r.Look(t.Context(), "app", "tag")
		if err != nil || !slices.Equal(asked, test.asked) || (found.State == registry.Found) != (test.found != "") || test.found != "" && found.Reference != test.found+":tag" {
			t.Errorf("%s: asked %q, found %+v, %v", name, asked, found, err)
		}
	}
	r := kept(trust.Protected)
	r.Ask = func(context.Context, string, string) (registry.Lookup, string, error) {
		return registry.Lookup{State: registry.Found}, "another", nil
	}
	if _, err := r.Look(t.Context(), "app", "tag"); err == nil || !strings.Contains(err.Error(), "other content") {
		t.Errorf("an image of other content: %v", err)
	}
}
