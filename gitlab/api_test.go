package gitlab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// gitlabServer serves answers by request path with query, and fails the test for a request without the token.
func gitlabServer(t *testing.T, answers map[string]http.HandlerFunc) API {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("PRIVATE-TOKEN"); got != "token" {
			t.Errorf("the request came with the token %q", got)
		}
		answer, ok := answers[r.URL.RequestURI()]
		if !ok {
			t.Errorf("unexpected request %q", r.URL.RequestURI())
			w.WriteHeader(http.StatusTeapot)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return API{URL: server.URL, Token: "token"}
}

func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

const (
	firstPage  = "/api/v4/projects/group%2Fsub%2Fproject/merge_requests?state=opened&per_page=100&page=1"
	secondPage = "/api/v4/projects/group%2Fsub%2Fproject/merge_requests?state=opened&per_page=100&page=2"
	thirdPage  = "/api/v4/projects/group%2Fsub%2Fproject/merge_requests?state=opened&per_page=100&page=3"
	job7       = "/api/v4/projects/group%2Fsub%2Fproject/jobs/7"
)

func TestOpenMergeRequests(t *testing.T) {
	var fullList []string
	for i := range perPage {
		fullList = append(fullList, strconv.Itoa(1000+i))
	}
	full := `[{"iid":` + strings.Join(fullList, `},{"iid":`) + `}]`
	for name, test := range map[string]struct {
		answers map[string]http.HandlerFunc
		want    []string
		wrong   string
	}{
		"none":     {map[string]http.HandlerFunc{firstPage: says(200, "[]", "X-Next-Page", "")}, nil, ""},
		"one page": {map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7,"id":99},{"iid":12}]`, "X-Next-Page", "")}, []string{"7", "12"}, ""},
		"pages whose headers were taken away": {
			map[string]http.HandlerFunc{firstPage: says(200, full), secondPage: says(200, `[{"iid":3}]`), thirdPage: says(200, "[]")}, append(slices.Clone(fullList), "3"), "",
		},
		"a short page without its header is not the last one": {
			map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7}]`), secondPage: says(200, `[{"iid":3}]`), thirdPage: says(200, `[]`)}, []string{"7", "3"}, "",
		},
		"a full page, and another that is empty": {map[string]http.HandlerFunc{firstPage: says(200, full), secondPage: says(200, "[]")}, fullList, ""},
		"a page, and another that fails":         {map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7}]`), secondPage: says(502, "")}, nil, "it answered 502 Bad Gateway: try again"},
		"a full page, and the same again":        {map[string]http.HandlerFunc{firstPage: says(200, full), secondPage: says(200, full)}, nil, "page 2 has nothing but what page 1 had"},
		"a server without pages":                 {map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7}]`), secondPage: says(200, `[{"iid":7}]`)}, []string{"7"}, ""},
		"two pages":                              {map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7}]`, "X-Next-Page", "2"), secondPage: says(200, `[{"iid":3}]`, "X-Next-Page", "")}, []string{"7", "3"}, ""},
		"a second page that fails gives no half list": {
			map[string]http.HandlerFunc{firstPage: says(200, `[{"iid":7}]`, "X-Next-Page", "2"), secondPage: says(502, "")}, nil, "it answered 502 Bad Gateway: try again",
		},
		"pages in a circle": {map[string]http.HandlerFunc{firstPage: says(200, "[]", "X-Next-Page", "1")}, nil, "page 1 names page 1 as the next one"},
		"no page number":    {map[string]http.HandlerFunc{firstPage: says(200, "[]", "X-Next-Page", "two")}, nil, `it names no number as the next page: "two"`},
		"refused":           {map[string]http.HandlerFunc{firstPage: says(401, "")}, nil, "the token is refused: give one that may read the API"},
		"forbidden":         {map[string]http.HandlerFunc{firstPage: says(403, "")}, nil, "the token is refused"},
		"not found":         {map[string]http.HandlerFunc{firstPage: says(404, "")}, nil, "no such project or job, or the token may not see it"},
		"broken":            {map[string]http.HandlerFunc{firstPage: says(500, "")}, nil, "it answered 500 Internal Server Error: try again"},
		"another server":    {map[string]http.HandlerFunc{firstPage: says(200, "<html>")}, nil, "it answered no JSON: check --gitlab-url"},
	} {
		t.Run(name, func(t *testing.T) {
			api := gitlabServer(t, test.answers)
			got, err := api.OpenMergeRequests(t.Context(), "group/sub/project")
			wantError(t, err, test.wrong)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A merge request that closes while the list is read moves others over the edge of a page: the one that is read twice
// stands for one that is missed. The list is read again until it stays the same.
func TestListThatMovesWhileItIsRead(t *testing.T) {
	open, reads := []int{9, 8, 7, 6}, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := r.URL.Query().Get("page")
		if reads++; reads == 2 { // 9 closes between the first two pages: 7 moves to the first one
			open = open[1:]
		}
		switch w.Header().Set("X-Next-Page", ""); page {
		case "1":
			w.Header().Set("X-Next-Page", "2")
			_, _ = fmt.Fprintf(w, `[{"iid":%d},{"iid":%d}]`, open[0], open[1])
		default:
			_, _ = fmt.Fprint(w, "[")
			for i, iid := range open[2:] {
				_, _ = fmt.Fprintf(w, `%s{"iid":%d}`, strings.Repeat(",", min(i, 1)), iid)
			}
			_, _ = fmt.Fprint(w, "]")
		}
	}))
	defer server.Close()
	got, err := API{URL: server.URL, Token: "token"}.OpenMergeRequests(t.Context(), "group/project")
	if want := []string{"8", "7", "6"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	switch {
	case (err != nil) != (text != ""):
		t.Errorf("error %v, want %q", err, text)
	case err != nil && !strings.Contains(err.Error(), text):
		t.Errorf("error %q has no %q", err, text)
	case err != nil && strings.Contains(err.Error(), "token\""):
		t.Errorf("error %q shows the token", err)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := API{URL: server.URL, Token: "token"}.OpenMergeRequests(t.Context(), "a/b")
	wantError(t, err, "it cannot be reached: check --gitlab-url and the network")
	for _, url := range []string{"", "gitlab.com", "http://a b"} {
		_, err = API{URL: url}.OpenMergeRequests(t.Context(), "a/b")
		wantError(t, err, "it is not a URL: write --gitlab-url like https://gitlab.com")
	}
}

func TestJobStatus(t *testing.T) {
	for status, ended := range map[JobStatus]bool{
		"success": true, "failed": true, "canceled": true, "skipped": true,
		"created": false, "pending": false, "preparing": false, "running": false, "canceling": false, "waiting_for_resource": false, "manual": false, "": false, "new in some version": false,
	} {
		api := gitlabServer(t, map[string]http.HandlerFunc{job7: says(200, fmt.Sprintf(`{"id":7,"status":%q}`, status))})
		got, err := api.JobStatus(t.Context(), api.address()+"/group/sub/project/-/jobs/7@runner")
		if err != nil || got != status {
			t.Errorf("status %q, %v, want %q", got, err, status)
		}
		if got.Ended() != ended {
			t.Errorf("a job that is %q has ended: %v, want %v", status, got.Ended(), ended)
		}
	}
}

func TestJobStatusOfOwner(t *testing.T) {
	for _, test := range []struct {
		url, owner string
		path       string // requested; "" when no job is named
	}{
		{"", "SERVER/group/sub/project/-/jobs/7", job7},
		{"", "SERVER/group/sub/project/-/jobs/7@host", job7},
		{"/", "SERVER/group/sub/project/-/jobs/7", job7},
		{"/gitlab", "SERVER/gitlab/group/sub/project/-/jobs/7", "/gitlab" + job7},
		{"", "evil-SERVER/group/sub/project/-/jobs/7", ""},
		{"", "elsewhere.example.com/group/sub/project/-/jobs/7", ""},
		{"", "elsewhere.example.com/SERVER/group/sub/project/-/jobs/7", ""},
		{"", "SERVER/group/sub/project/-/jobs/", ""},
		{"", "SERVER/group/sub/project/-/jobs/7/artifacts", ""},
		{"", "SERVER/project/-/jobs/7", ""},
		{"", "SERVER", ""},
		{"", "root@laptop", ""},
		{"", "", ""},
	} {
		api := gitlabServer(t, map[string]http.HandlerFunc{test.path: says(200, `{"status":"running"}`)})
		server := strings.ReplaceAll(api.address(), ":", "-") // as a lock's owner has it
		api.URL += test.url
		got, err := api.JobStatus(t.Context(), strings.ReplaceAll(test.owner, "SERVER", server))
		if test.path == "" {
			wantError(t, err, "look yourself, and use --force")
		} else if err != nil || got != "running" {
			t.Errorf("%q: %q, %v", test.owner, got, err)
		}
	}
}

func TestJobStatusFails(t *testing.T) {
	for code, text := range map[int]string{401: "the token is refused", 404: "no such project or job", 500: "try again"} {
		api := gitlabServer(t, map[string]http.HandlerFunc{job7: says(code, "")})
		got, err := api.JobStatus(t.Context(), api.address()+"/group/sub/project/-/jobs/7")
		wantError(t, err, text)
		if got.Ended() {
			t.Errorf("after code %d the job counts as ended", code)
		}
	}
}
