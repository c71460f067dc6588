package gitlab

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"dagger/pipeline/patience"
)

// A fault that passes costs a pause; what GitLab refuses is not asked for again.
func TestGitLabIsAskedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []http.HandlerFunc
		wrong   string
		asked   int
	}{
		"too many requests": {[]http.HandlerFunc{says(429, "", "Retry-After", "0"), says(200, `[{"iid":7}]`, "X-Next-Page", "")}, "", 2},
		"down for a moment": {[]http.HandlerFunc{says(502, ""), says(503, ""), says(200, `[{"iid":7}]`, "X-Next-Page", "")}, "", 3},
		"too long a wait":   {[]http.HandlerFunc{says(429, "", "Retry-After", "3600")}, "it answered 429 Too Many Requests", 1},
		"down":              {[]http.HandlerFunc{says(500, ""), says(500, ""), says(500, ""), says(500, "")}, "it answered 500 Internal Server Error", 4},
		"refused":           {[]http.HandlerFunc{says(401, "")}, "the token is refused", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			api := gitlabServer(t, map[string]http.HandlerFunc{firstPage: func(w http.ResponseWriter, r *http.Request) {
				if asked++; asked > len(tt.answers) {
					t.Errorf("asked %d times", asked)
					return
				}
				tt.answers[asked-1](w, r)
			}})
			got, err := api.OpenMergeRequests(t.Context(), "group/sub/project")
			wantError(t, err, tt.wrong)
			if want := []string{"7"}; tt.wrong == "" && !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if asked != tt.asked {
				t.Errorf("asked %d times, want %d", asked, tt.asked)
			}
		})
	}
}

// A server that says for how long to wait is waited for so long.
func TestGitLabsPause(t *testing.T) {
	for after, want := range map[string]time.Duration{"7": 7 * time.Second, "60": time.Minute, "61": -1} {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			got, err := patience.Policy{Tries: again, Limit: longestPause}.Retry(0, &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}}, nil)
			if err != nil || got != want {
				t.Errorf("%d, Retry-After %s: %s, %v, want %s", status, after, got, err, want)
			}
		}
	}
}
