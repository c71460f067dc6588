package ecr

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
)

func TestNarrowedSession(t *testing.T) {
	for name, test := range map[string]struct {
		source            func(aws.Config) aws.Config
		registry, account string
	}{
		"web identity": {awstest.WithWeb, "", "123456789012"}, "keys": {awstest.WithKeys, "", "123456789012"},
		"another account's registry": {awstest.WithWeb, "222222222222", "222222222222"},
	} {
		t.Run(name, func(t *testing.T) {
			f := awstest.NewFake(t)
			c := test.source(awstest.Config(f))
			c.RoleARN = awstest.RoleARN
			s := awstest.Resolve(t, c)
			if _, err := Narrow(t.Context(), s, test.registry, Grant{PushActions, []string{"group/app", "group/app-terraform"}}, Grant{PullActions, []string{"group/open/app"}}); err != nil {
				t.Fatal(err)
			}
			calls := slices.Concat(f.Of("AssumeRole"), f.Of("AssumeRoleWithWebIdentity"))
			if len(calls) != 2 || calls[0].Form.Get("Policy") != "" {
				t.Fatalf("%d assumptions", len(calls))
			}
			var policy struct {
				Statement []struct{ Action, Resource []string }
			}
			if err := json.Unmarshal([]byte(calls[1].Form.Get("Policy")), &policy); err != nil {
				t.Fatal(err)
			}
			arn := "arn:aws:ecr:eu-west-1:" + test.account + ":repository/"
			if len(policy.Statement) != 3 || !slices.Equal(policy.Statement[0].Action, []string{"ecr:GetAuthorizationToken"}) ||
				!slices.Equal(policy.Statement[1].Action, PushActions) || !slices.Equal(policy.Statement[1].Resource, []string{arn + "group/app", arn + "group/app-terraform"}) ||
				!slices.Equal(policy.Statement[2].Action, PullActions) || !slices.Equal(policy.Statement[2].Resource, []string{arn + "group/open/app"}) {
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
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(awstest.NewFake(t))))
	wide, err := Narrow(t.Context(), s, "", Grant{PushActions, []string{"app"}})
	if err != nil || len(wide.Notes) != 1 || len(s.Notes) != 0 {
		t.Errorf("keys without a role: %v, %v", wide, err)
	}
	if _, err := RepositoryPolicy("aws", "eu-west-1", "123456789012"); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("nothing granted: %v", err)
	}
	for _, bad := range [][]string{nil, {"*"}, {"Group/App"}, {"a"}, {"app:latest"}} {
		if _, err := RepositoryPolicy("aws", "eu-west-1", "123456789012", Grant{PushActions, bad}); !errors.Is(err, fault.ErrConfig) {
			t.Errorf("repositories %q: %v", bad, err)
		}
	}
	if _, err := RepositoryPolicy("aws", "eu-west-1", "123456789012", Grant{PushActions, slices.Repeat([]string{"group/some-long-name"}, 30)}); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("a policy over STS's limit: %v", err)
	}
}
