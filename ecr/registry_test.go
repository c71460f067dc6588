package ecr

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
)

func TestECRLogin(t *testing.T) {
	f := awstest.NewFake(t)
	r := New(awstest.Resolve(t, awstest.WithWeb(awstest.Config(f))))
	login, err := r.Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw := base64.StdEncoding.EncodeToString([]byte("AWS:" + awstest.CanaryLogin))
	if login.Username != "AWS" || login.Password.Reveal() != awstest.CanaryLogin || login.Raw.Reveal() != raw || login.Host != "123456789012.dkr.ecr.eu-west-1.amazonaws.com" {
		t.Errorf("login %v", login)
	}
	if left := time.Until(login.Expires); left < 11*time.Hour || left > 13*time.Hour {
		t.Errorf("expires in %s", left)
	}
	if _, err := r.Login(t.Context()); err != nil || len(f.Of("GetAuthorizationToken")) != 1 {
		t.Errorf("a login that holds is asked for again: %v", err)
	}
}

// When the login ends and a new one is refused, the old one does not come back.
func TestNoExpiredLogin(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.WithKeys(awstest.Config(f))
	now := time.Now()
	c.Now = func() time.Time { return now }
	r := New(awstest.Resolve(t, c))
	if _, err := r.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(13 * time.Hour)
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		if r.Action == "GetAuthorizationToken" {
			awstest.Protocol(400, "AccessDeniedException", "no")(w, r)
		}
		return r.Action == "GetAuthorizationToken"
	}
	for range 2 {
		login, err := r.Login(t.Context())
		if !errors.Is(err, fault.ErrDenied) || !login.Password.IsZero() || !strings.Contains(err.Error(), "ecr:GetAuthorizationToken") {
			t.Errorf("login %v, error %v", login, err)
		}
	}
}

type stubTokens struct{ data types.AuthorizationData }

func (s stubTokens) GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error) {
	return &ecr.GetAuthorizationTokenOutput{AuthorizationData: []types.AuthorizationData{s.data}}, nil
}

func TestBrokenLogins(t *testing.T) {
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(awstest.NewFake(t))))
	good, old := base64.StdEncoding.EncodeToString([]byte("AWS:"+awstest.CanaryLogin)), time.Now().Add(-time.Hour)
	for name, data := range map[string]types.AuthorizationData{
		"none":       {},
		"not base64": {AuthorizationToken: new("%%%" + awstest.CanaryLogin)},
		"no user":    {AuthorizationToken: new(base64.StdEncoding.EncodeToString([]byte(":" + awstest.CanaryLogin)))},
		"no colon":   {AuthorizationToken: new(base64.StdEncoding.EncodeToString([]byte(awstest.CanaryLogin)))},
		"expired":    {AuthorizationToken: &good, ExpiresAt: &old},
	} {
		r := New(s)
		r.tokens = stubTokens{data}
		login, err := r.Login(t.Context())
		if err == nil || !login.Raw.IsZero() {
			t.Errorf("%s: login %v", name, login)
			continue
		}
		awstest.NoCanary(t, err.Error())
	}
}

func TestEnsureRepository(t *testing.T) {
	f := awstest.NewFake(t)
	var made bool
	missing := awstest.Protocol(400, "RepositoryNotFoundException", "none")
	f.Fault = func(w http.ResponseWriter, r awstest.Request, n int) bool {
		switch r.Action {
		case "DescribeRepositories":
			if !made {
				missing(w, r)
				return true
			}
			awstest.JSON(w, 200, map[string]any{"repositories": []any{map[string]any{"repositoryName": "group/app", "repositoryUri": "h/group/app", "imageTagMutability": "MUTABLE"}}})
			return true
		case "CreateRepository":
			if made = true; n > 1 { // another job was faster
				awstest.Protocol(400, "RepositoryAlreadyExistsException", "there")(w, r)
				return true
			}
			awstest.JSON(w, 200, map[string]any{"repository": map[string]any{"repositoryName": "group/app", "repositoryUri": "h/group/app"}})
			return true
		}
		return false
	}
	r := New(awstest.Resolve(t, awstest.WithKeys(awstest.Config(f))))
	repo, err := r.EnsureRepository(t.Context(), "group/app", "app-*", "module-*")
	if err != nil || !repo.Created || repo.URI != "h/group/app" {
		t.Fatalf("%+v, %v", repo, err)
	}
	var sent struct {
		RepositoryName                     string
		ImageScanningConfiguration         struct{ ScanOnPush bool }
		ImageTagMutability                 string
		ImageTagMutabilityExclusionFilters []struct{ Filter, FilterType string }
		EncryptionConfiguration            any
	}
	if err := json.Unmarshal([]byte(f.Of("CreateRepository")[0].Body), &sent); err != nil {
		t.Fatal(err)
	}
	var filters []string
	for _, x := range sent.ImageTagMutabilityExclusionFilters {
		filters = append(filters, x.FilterType+" "+x.Filter)
	}
	if !sent.ImageScanningConfiguration.ScanOnPush || sent.ImageTagMutability != "MUTABLE_WITH_EXCLUSION" || sent.EncryptionConfiguration != nil ||
		!slices.Equal(filters, []string{"WILDCARD app-*", "WILDCARD module-*"}) {
		t.Errorf("sent %+v", sent)
	}
	repo, err = r.EnsureRepository(t.Context(), "group/app", "app-*")
	if err != nil || repo.Created || len(repo.Notes) != 2 {
		t.Errorf("an existing repository: %+v, %v", repo, err)
	}
	repo, err = r.EnsureRepository(t.Context(), "group/app")
	if err != nil || len(repo.Notes) != 1 || !strings.Contains(repo.Notes[0], "scanned") {
		t.Errorf("an existing repository whose tags are to move: %+v, %v", repo, err)
	}
	made = false
	if repo, err := r.EnsureRepository(t.Context(), "group/app"); err != nil || repo.Created {
		t.Errorf("two jobs at once: %+v, %v", repo, err)
	}
	for _, bad := range [][]string{{"a*b*c*d"}, {"x1", "x2", "x3", "x4", "x5", "x6"}, {""}} {
		if _, err := r.EnsureRepository(t.Context(), "group/app", bad...); !errors.Is(err, fault.ErrConfig) {
			t.Errorf("immutable tags %q: %v", bad, err)
		}
	}
	if _, err := r.EnsureRepository(t.Context(), "Group/App"); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("bad name: %v", err)
	}
}
