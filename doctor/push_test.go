package doctor

import (
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/registry/registrytest"
)

// An open run must be refused where protected runs push. What is no refusal is not well.
func TestLevelsOfARegistry(t *testing.T) {
	const protected, open = "group/app", "group/open/app"
	for name, test := range map[string]struct {
		status int // of an upload to the protected repository
		want   string
	}{
		"refused":     {http.StatusForbidden, "ok      registry levels: no upload can be opened to "},
		"may push":    {http.StatusAccepted, "not ok  registry levels: this open run may push to "},
		"not there":   {http.StatusNotFound, "ok      registry levels: no protected run has made "},
		"no answer":   {http.StatusBadGateway, "not ok  registry levels: opening an upload"},
		"other login": {http.StatusUnauthorized, "ok      registry levels: no upload can be opened to "},
	} {
		f := registrytest.NewFake(t, "")
		f.Fault = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				w.Header().Set("WWW-Authenticate", "Basic")
				w.Header().Set("Location", r.URL.Path+"7")
				w.WriteHeader(map[bool]int{true: test.status, false: http.StatusAccepted}[strings.Contains(r.URL.Path, "/group/app/")])
			}
			return r.Method == http.MethodPost
		}
		login := loginTo(f)
		checks := Pushing{Login: &login, To: []string{open}, NotTo: []string{protected}}.Check(t.Context())
		if len(checks) != 2 || !checks[0].OK || !strings.HasPrefix(checks[1].String(), test.want) {
			t.Errorf("%s: %v, want %q", name, checks, test.want)
		}
		if test.status == http.StatusAccepted && f.Requests[len(f.Requests)-1] != "DELETE /v2/group/app/blobs/uploads/7" {
			t.Errorf("%s: the upload is left open: %v", name, f.Requests)
		}
	}
}
