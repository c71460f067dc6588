package aws

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestNarrowedSession(t *testing.T) {
	for name, source := range map[string]func(Config) Config{"web identity": withWeb, "keys": withKeys} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := source(quick(f))
			c.RoleARN = roleARN
			s := resolve(t, c)
			if _, err := s.ForRepositories(t.Context(), PushActions, "group/app", "group/app-terraform"); err != nil {
				t.Fatal(err)
			}
			calls := slices.Concat(f.of("AssumeRole"), f.of("AssumeRoleWithWebIdentity"))
			if len(calls) != 2 || calls[0].Form.Get("Policy") != "" {
				t.Fatalf("%d assumptions", len(calls))
			}
			var policy struct {
				Statement []struct{ Action, Resource []string }
			}
			if err := json.Unmarshal([]byte(calls[1].Form.Get("Policy")), &policy); err != nil {
				t.Fatal(err)
			}
			want := []string{"arn:aws:ecr:eu-west-1:123456789012:repository/group/app", "arn:aws:ecr:eu-west-1:123456789012:repository/group/app-terraform"}
			if len(policy.Statement) != 2 || !slices.Equal(policy.Statement[1].Resource, want) || !slices.Equal(policy.Statement[0].Action, []string{"ecr:GetAuthorizationToken"}) {
				t.Errorf("policy %+v", policy)
			}
			for _, statement := range policy.Statement {
				for _, a := range statement.Action {
					if !strings.HasPrefix(a, "ecr:") || strings.Contains(a, "*") {
						t.Errorf("action %q is too wide", a)
					}
				}
			}
		})
	}
	s := resolve(t, withKeys(quick(newFake(t))))
	wide, err := s.ForRepositories(t.Context(), PushActions, "app")
	if err != nil || len(wide.Notes) != 1 || len(s.Notes) != 0 {
		t.Errorf("keys without a role: %v, %v", wide, err)
	}
	for _, bad := range [][]string{nil, {"*"}, {"Group/App"}, {"a"}, {"app:latest"}} {
		if _, err := RepositoryPolicy("aws", "eu-west-1", "123456789012", PushActions, bad...); !errors.Is(err, ErrConfig) {
			t.Errorf("repositories %q: %v", bad, err)
		}
	}
	if _, err := RepositoryPolicy("aws", "eu-west-1", "123456789012", PushActions, slices.Repeat([]string{"group/some-long-name"}, 30)...); !errors.Is(err, ErrConfig) {
		t.Errorf("a policy over STS's limit: %v", err)
	}
}
