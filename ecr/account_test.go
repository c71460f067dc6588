package ecr

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
)

const otherAccount = "222222222222"

// A registry of another account: its repositories are looked for and made there, and its login is for its host.
func TestRegistryOfAnotherAccount(t *testing.T) {
	f := awstest.NewFake(t)
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		switch r.Action {
		case "DescribeRepositories":
			awstest.Protocol(400, "RepositoryNotFoundException", "none")(w, r)
		case "CreateRepository":
			awstest.JSON(w, 200, map[string]any{"repository": map[string]any{"repositoryName": "group/app"}})
		default:
			return false
		}
		return true
	}
	host, ok := ParseHost(otherAccount + ".dkr.ecr.eu-west-1.amazonaws.com")
	if !ok {
		t.Fatal("its host is none of ECR's")
	}
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
	for account, r := range map[string]*Registry{otherAccount: NewAt(s, host), "123456789012": New(s)} {
		f.Requests = nil
		if _, err := r.EnsureRepository(t.Context(), "group/app"); err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"DescribeRepositories", "CreateRepository"} {
			var sent struct{ RegistryID string }
			if err := json.Unmarshal([]byte(f.Of(action)[0].Body), &sent); err != nil || sent.RegistryID != account {
				t.Errorf("%s was sent for account %q, want %q: %v", action, sent.RegistryID, account, err)
			}
		}
		login, err := r.Login(t.Context())
		if want := account + ".dkr.ecr.eu-west-1.amazonaws.com"; err != nil || login.Host != want {
			t.Errorf("login for %q, want %q: %v", login.Host, want, err)
		}
	}
}

// No login goes to a host that only looks like ECR's.
func TestNoLoginForALookAlike(t *testing.T) {
	host, _ := ParseHost("123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com")
	login, err := NewAt(awstest.Resolve(t, awstest.WithKeys(awstest.Config(awstest.NewFake(t)))), host).Login(t.Context())
	if !errors.Is(err, fault.ErrConfig) || !login.Raw.IsZero() || !strings.Contains(err.Error(), `end in "amazonaws.com"`) {
		t.Errorf("login %v, %v", login, err)
	}
}
