package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/gitlab"
)

func TestOrphans(t *testing.T) {
	keys := []string{
		"app/mr-9/terraform.tfstate", "app/mr-1/terraform.tfstate", "app/mr-12/terraform.tfstate", "app/mr-1/terraform.tfstate",
		"app/prod/terraform.tfstate", "app/staging/terraform.tfstate", "app/demo/terraform.tfstate",
		"app/mr-/terraform.tfstate", "app/mr-x/terraform.tfstate", "app/mr-007/terraform.tfstate", "app/mr-0/terraform.tfstate",
		"app/mr-2/terraform.tfstate.tflock", "app/mr-3/other.tfstate", "app/deep/mr-4/terraform.tfstate", "mr-5/terraform.tfstate", "other/mr-6/terraform.tfstate",
	}
	for _, test := range []struct{ open, want []string }{
		{nil, []string{"mr-1", "mr-12", "mr-9"}},
		{[]string{"1"}, []string{"mr-12", "mr-9"}},
		{[]string{"2"}, []string{"mr-1", "mr-12", "mr-9"}},
		{[]string{"1", "9", "12"}, nil},
	} {
		if got := slices.Sorted(maps.Keys(Orphans("app", keys, test.open, ""))); !slices.Equal(got, test.want) {
			t.Errorf("with %q open: %q, want %q", test.open, got, test.want)
		}
	}
	if got := Orphans("app", nil, nil, ""); len(got) != 0 {
		t.Errorf("without states: %q", got)
	}
	several := []string{"app/mr-1/terraform.tfstate", "app/mr-1/terraform/network/terraform.tfstate", "app/mr-2/terraform/network/terraform.tfstate"}
	if got := Orphans("app", several, nil, ""); !slices.Equal(got["mr-1"], []string{"infra", "terraform/network"}) || !slices.Equal(got["mr-2"], []string{"terraform/network"}) {
		t.Errorf("of several root modules: %q", got)
	}
	if got := Orphans("app", several, nil, "./infra"); len(got) != 1 || !slices.Equal(got["mr-1"], []string{"infra"}) {
		t.Errorf("of one root module: %q", got)
	}
}

func TestOpenMergeRequestsOfList(t *testing.T) {
	got, err := OpenMergeRequests(t.Context(), []string{"7", "!8", "mr-9", " 10 "}, nil, "")
	if want := []string{"7", "8", "9", "10"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, item := range []string{"seven", "0", "07", "-1", "7,8", "!!7", "prod"} {
		if _, err := OpenMergeRequests(t.Context(), []string{"7", item}, nil, ""); err == nil || !strings.Contains(err.Error(), "is not the number of a merge request") {
			t.Errorf("%q: %v", item, err)
		}
	}
}

// Silence is never taken for "none is open".
func TestOpenMergeRequestsOfGitLab(t *testing.T) {
	code := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`[{"iid":7}]`))
	}))
	defer server.Close()
	api := &gitlab.API{URL: server.URL, Token: "t"}
	if got, err := OpenMergeRequests(t.Context(), nil, api, "g/p"); err != nil || !slices.Equal(got, []string{"7"}) {
		t.Errorf("got %q, %v", got, err)
	}
	code = http.StatusBadGateway
	for _, test := range []struct {
		api     *gitlab.API
		project string
	}{{api, "g/p"}, {api, ""}, {nil, "g/p"}, {nil, ""}} {
		if got, err := OpenMergeRequests(t.Context(), nil, test.api, test.project); err == nil {
			t.Errorf("asked %v for %q: %q and no error", test.api != nil, test.project, got)
		}
	}
}

// mergeRequests is a GitLab that is asked for merge request 7.
type mergeRequests struct{ *testing.T }

func (t mergeRequests) said(code int, body string) func(context.Context, string) (gitlab.MergeRequest, error) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RequestURI() != "/api/v4/projects/g%2Fp/merge_requests/7" {
			t.Errorf("asked %s", r.URL.RequestURI())
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return func(ctx context.Context, number string) (gitlab.MergeRequest, error) {
		return gitlab.API{URL: server.URL, Token: "t"}.MergeRequest(ctx, "g/p", number)
	}
}

// A merge request that is opened again while others are destroyed keeps its
// environment, and where GitLab no longer answers nothing is destroyed.
func TestSweepAsksAgain(t *testing.T) {
	destroyed := errors.New("its root modules were asked for")
	server := mergeRequests{t}
	const ours = `"web_url":"https://gitlab.example.com/g/p/-/merge_requests/7"}`
	for name, test := range map[string]struct {
		open []string
		err  error
		ask  func(context.Context, string) (gitlab.MergeRequest, error)
		want string
		gone bool
	}{
		"still closed":            {[]string{"8"}, nil, nil, "", true},
		"open again":              {[]string{"7"}, nil, nil, "mr-7: left, its merge request is open again", false},
		"no answer":               {nil, errors.New("no answer"), nil, "", false},
		"closed, says the server": {nil, nil, server.said(200, `{"state":"closed",`+ours), "", true},
		"merged, says the server": {nil, nil, server.said(200, `{"state":"merged",`+ours), "", true},
		"open, and in no list":    {nil, nil, server.said(200, `{"state":"opened"}`), "mr-7: left, its merge request is not closed", false},
		"about to be merged":      {nil, nil, server.said(200, `{"state":"locked"}`), "mr-7: left, its merge request is not closed", false},
		"of another project":      {nil, nil, server.said(404, `{}`), "check --gitlab-project", false},
		"not to be seen":          {nil, nil, server.said(403, `{}`), "403 Forbidden", false},
	} {
		s := Sweep{
			Open:  func(context.Context) ([]string, error) { return test.open, test.err },
			Ask:   test.ask,
			Job:   "https://gitlab.example.com/g/p/-/jobs/1",
			Roots: func(context.Context, string) (Roots, error) { return nil, destroyed },

			bucket: bucketOf{}.in("b"),
		}
		line, err := s.destroyClosed(t.Context(), "mr-7", []string{"infra"})
		if err != nil && test.ask != nil && !test.gone {
			line = err.Error()
			if strings.Contains(line, test.want) {
				line = test.want
			}
		}
		if line != test.want || errors.Is(err, destroyed) != test.gone || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v", name, line, err)
		}
	}
}

// Every project has a merge request 7. The one that counts is of the repository recorded
// beside the state, or of the run's own job if none is recorded.
func TestSweepAsksTheStatesProject(t *testing.T) {
	const (
		shop    = `{"repository":"gitlab.example.com/shop/orders"}`
		billing = `{"repository":"gitlab.example.com/shop/billing"}`
		asked   = "https://gitlab.example.com/shop/orders/-/merge_requests/7"
		job     = "https://gitlab.example.com/shop/orders/-/jobs/1"
	)
	gone := errors.New("its root modules were asked for")
	for name, test := range map[string]struct {
		infra, network, job, url string // what is noted, the run's job, and the merge request's address
		want                     string // "" where it is destroyed
	}{
		"its own, from anywhere":            {shop, "", "", asked, ""},
		"of an older GitLab":                {shop, "", "", "https://gitlab.example.com/shop/orders/merge_requests/7", ""},
		"another project":                   {billing, "", job, asked, "its state is of gitlab.example.com/shop/billing, and the merge request that is closed is of gitlab.example.com/shop/orders"},
		"another server":                    {shop, "", job, "https://git.example.org/shop/orders/-/merge_requests/7", "its state is of gitlab.example.com/shop/orders"},
		"a project below it":                {shop, "", job, "https://gitlab.example.com/shop/orders/infra/-/merge_requests/7", "its state is of gitlab.example.com/shop/orders"},
		"a repository of GitHub":            {`{"repository":"github.com/shop/orders"}`, "", job, asked, "its state is of github.com/shop/orders"},
		"no address":                        {shop, "", job, "", "a project that GitLab does not name"},
		"two owners":                        {shop, billing, job, asked, "its state is of gitlab.example.com/shop/billing"},
		"noted beside one of two":           {"", shop, "", asked, ""},
		"nothing noted, in its job":         {"", "", job, asked, ""},
		"a path noted, in its job":          {`{"path":"services/a"}`, "", job, asked, ""},
		"nothing noted, in another's job":   {"", "", "https://gitlab.example.com/shop/billing/-/jobs/1", asked, "this run is no job of gitlab.example.com/shop/orders"},
		"nothing noted, by hand":            {"", "", "", asked, "or destroy it by name (destroy --environment mr-7)"},
		"nothing noted, and no address":     {"", "", "", "", "this run is no job of a project that GitLab names"},
		"a note that is none":               {"<html>", "", job, asked, "is not what a deployment writes: remove it"},
		"a note that may not be read":       {"denied", "", job, asked, "access denied"},
		"the other's note may not be read":  {shop, "denied", job, asked, "access denied"},
		"another project's, in a dry run":   {billing, "", "dry", asked, "its state is of gitlab.example.com/shop/billing"},
		"its own, to be listed in a dryrun": {shop, "", "dry", asked, "mr-7: would be destroyed, its merge request is not open"},
	} {
		bucket := bucketOf{}
		for key, text := range map[string]string{"b/app/mr-7/terraform.tfstate.owner": test.infra, "b/app/mr-7/network/terraform.tfstate.owner": test.network} {
			if text != "" {
				bucket[key] = text
			}
		}
		s := Sweep{
			Open:  func(context.Context) ([]string, error) { return nil, nil },
			Ask:   mergeRequests{t}.said(200, `{"state":"merged","web_url":"`+test.url+`"}`),
			Roots: func(context.Context, string) (Roots, error) { return nil, gone },
			Job:   test.job, DryRun: test.job == "dry", Bucket: "b", Project: "app",
			bucket: bucket.in("b"),
		}
		line, err := s.destroyClosed(t.Context(), "mr-7", []string{"infra", "network"})
		if (test.want == "") != errors.Is(err, gone) || test.want != "" && !strings.Contains(fmt.Sprint(line, err), test.want) {
			t.Errorf("%s: %q, %v, want %q", name, line, err, test.want)
		}
	}
}

func TestMayDestroy(t *testing.T) {
	for _, test := range []struct {
		environment, confirm string
		allowed              bool
	}{
		{"mr-1", "", true}, {"mr-1", "mr-2", true}, {"prod", "", false}, {"staging", "", false}, {"demo", "", false},
		{"prod", "staging", false}, {"prod", "prod", true}, {"prod", "PROD", false}, {"mr-x", "mr-x", false}, {"", "", false}, {"../prod", "../prod", false},
	} {
		if err := MayDestroy(test.environment, test.confirm); (err == nil) != test.allowed {
			t.Errorf("destroying %q, confirmed %q: %v", test.environment, test.confirm, err)
		}
	}
}

func TestLost(t *testing.T) {
	for _, test := range []struct {
		operation string
		lost      []string
		want      string
	}{
		{"OperationTypeApply", []string{"a.b (id 1)", "a.c (unfinished)"}, "made by then and not in the state: a.b (id 1), a.c (unfinished): import or remove them"},
		{"OperationTypePlan", []string{"a.b (id 1)"}, "a.b (id 1)"},
		{"OperationTypeApply", nil, "this engine knows of nothing"},
		{"OperationTypePlan", nil, ""},
	} {
		if got := Lost(test.operation, test.lost); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s, %q: %q, want %q", test.operation, test.lost, got, test.want)
		}
	}
}
