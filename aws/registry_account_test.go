package aws

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

const otherAccount = "222222222222"

// A registry of another account: its repositories are looked for and made there, and its login is for its host.
func TestRegistryOfAnotherAccount(t *testing.T) {
	f := newFake(t)
	f.fault = func(w http.ResponseWriter, r request, _ int) bool {
		switch r.Action {
		case "DescribeRepositories":
			protocol(400, "RepositoryNotFoundException", "none")(w, r)
		case "CreateRepository":
			jsonAnswer(w, 200, map[string]any{"repository": map[string]any{"repositoryName": "group/app"}})
		default:
			return false
		}
		return true
	}
	host, ok := ParseECRHost(otherAccount + ".dkr.ecr.eu-west-1.amazonaws.com")
	if !ok {
		t.Fatal("its host is none of ECR's")
	}
	s := resolve(t, withKeys(quick(f)))
	for account, r := range map[string]*ECR{otherAccount: NewECRAt(s, host), "123456789012": NewECR(s)} {
		f.requests = nil
		if _, err := r.EnsureRepository(t.Context(), "group/app"); err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"DescribeRepositories", "CreateRepository"} {
			var sent struct{ RegistryID string }
			if err := json.Unmarshal([]byte(f.of(action)[0].Body), &sent); err != nil || sent.RegistryID != account {
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
	host, _ := ParseECRHost("123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com")
	login, err := NewECRAt(resolve(t, withKeys(quick(newFake(t)))), host).Login(t.Context())
	if !errors.Is(err, ErrConfig) || !login.Raw.IsZero() || !strings.Contains(err.Error(), `end in "amazonaws.com"`) {
		t.Errorf("login %v, %v", login, err)
	}
}
