package environments

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// Ten environments at once: each gets what is its own.
func TestTenEnvironmentsAtOnce(t *testing.T) {
	p := project(t, counted)
	var environments []string
	for range 10 {
		environments = append(environments, world.Environment())
	}
	all := func(verb string, flags ...string) []harness.Result {
		t.Helper()
		var runs []*harness.Process
		for _, e := range environments {
			runs = append(runs, world.Start(t, call(p, verb, e, flags...)))
		}
		var out []harness.Result
		for i, run := range runs {
			r := run.Wait()
			if r.Code != 0 {
				t.Errorf("%s of %s: exit code %d\n%s", verb, environments[i], r.Code, r.Stderr)
			}
			out = append(out, r)
		}
		return out
	}
	want := func(results []harness.Result, form string) {
		t.Helper()
		for i, r := range results {
			e := environments[i]
			if got, want := strings.TrimSpace(r.Stdout), strings.ReplaceAll(form, "ENV", e); got != want {
				t.Errorf("%s: %q, want %q", e, got, want)
			}
		}
	}
	want(all("deploy"), "ENV: 1 added, 0 changed, 0 destroyed")
	want(all("outputs"), `{"environment":"ENV","url":"https://ENV.example.com"}`)
	lineages := map[string]string{}
	for _, e := range environments {
		s, exists := readState(t, e)
		if !exists || s.Serial != 1 || !slices.Equal(s.names(), []string{"it"}) || s.Outputs["environment"].Value != e {
			t.Errorf("state of %s: %+v", e, s)
		}
		if other, shared := lineages[s.Lineage]; shared {
			t.Errorf("%s and %s have one lineage", e, other)
		}
		lineages[s.Lineage] = e
	}
	want(all("destroy"), "ENV: 1 destroyed")
	for _, e := range environments {
		if _, exists := readState(t, e); exists {
			t.Errorf("the state of %s is still there", e)
		}
		if _, held := lock(t, e); held {
			t.Errorf("%s is still locked", e)
		}
		if n := len(world.Requests(t, func(r harness.Request) bool {
			return strings.HasPrefix(r.Path, fmt.Sprintf("/%s/%s", world.AWS.StateBucket, stateKey(e))) && r.Status >= 500
		})); n > 0 {
			t.Errorf("%d requests for the state of %s failed", n, e)
		}
	}
}
