package steps

import (
	"slices"
	"strings"
	"testing"
)

// A directory of one environment is deployed and destroyed with that environment only,
// whatever the image contains.
func TestRootsOfAnEnvironment(t *testing.T) {
	all := Roots{{Infra: "svc/network"}, {Infra: "svc/environments/dev"}, {Infra: "svc/environments/prod"}}
	for _, tt := range []struct {
		named       []string
		environment string
		want        string
		err         string
	}{
		{[]string{"network", "environments/{environment}"}, "prod", "svc/network, svc/environments/prod", ""},
		{[]string{"environments/{environment}"}, "dev", "svc/environments/dev", ""},
		{[]string{"environments/{environment}"}, "mr-7", "", `there is none at "environments/mr-7"`},
		{[]string{"network"}, "mr-7", "svc/network, svc/environments/dev, svc/environments/prod", ""},
	} {
		got, err := all.only(tt.named, "svc", tt.environment)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) || got.paths() != tt.want {
			t.Errorf("%q in %s: %s, %v", tt.named, tt.environment, got.paths(), err)
		}
	}
	r := NewRun(Settings{Source: dag.Directory(), Project: "svc"}, "prod")
	r.Infra = "environments/{env}"
	if _, err := r.roots(t.Context()); err == nil || !strings.Contains(err.Error(), `"environments/{env}" (--infra) has something to fill in, and only {environment} is`) {
		t.Error(err)
	}
	for root, out := range map[string]bool{"../infra": false, "../../infra": true, "../..": true} {
		r.Infra = root
		if _, err := r.roots(t.Context()); (err != nil) != out || err != nil && !strings.Contains(err.Error(), `(--infra) leads out of the source`) {
			t.Errorf("%s: %v", root, err)
		}
	}
	if got, err := r.rootsOf(t.Context(), []string{"network", "environments/{environment}"}, "prod"); err != nil || !slices.Equal(got, []string{"svc/network", "svc/environments/prod"}) {
		t.Errorf("%q, %v", got, err)
	}
}
