package note_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/note"
	"dagger/pipeline/note/notetest"
)

// What a server refuses is one line that says what to do, without the token.
func TestRefusals(t *testing.T) {
	answers := map[string]struct {
		fault func(w http.ResponseWriter, r *http.Request) bool
		token string
		want  map[string]string
	}{
		"another token": {nil, "canary-of-another", map[string]string{"GitLab": "the token is refused: give a project access token", "GitHub": "the token is refused: give the job's token the permission"}},
		"no right": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" || r.URL.Path == "/api/graphql" {
				return false
			}
			w.WriteHeader(http.StatusForbidden)
			return true
		}, notetest.Token, map[string]string{"GitLab": "the token may not write a note on merge request 7: give a project access token with the scope api", "GitHub": "the token may not do that: give the job's token the permission pull-requests: write"}},
		"nothing there": {func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "notes") && !strings.Contains(r.URL.Path, "comments") {
				return false
			}
			w.WriteHeader(http.StatusNotFound)
			return true
		}, notetest.Token, map[string]string{"GitLab": `no merge request 7 in "group/sub/shop"`, "GitHub": `no pull request 7 in "octo/shop"`}},
		"a long wait": {func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}, notetest.Token, map[string]string{"GitLab": "too many requests: the next pipeline", "GitHub": "too many requests: the next pipeline"}},
		"down": {func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}, notetest.Token, map[string]string{"GitLab": "it answered 503", "GitHub": "it answered 503"}},
	}
	for name, tt := range answers {
		for system, of := range systems {
			t.Run(name+"/"+system, func(t *testing.T) {
				t.Parallel()
				s := of.serve(t)
				s.Fault = tt.fault
				_, err := note.Post(context.WithoutCancel(t.Context()), of.board(s.URL, tt.token), marker(1), text(1))
				if err == nil || !strings.Contains(err.Error(), tt.want[system]) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), tt.token) {
					t.Errorf("%v, want %q", err, tt.want[system])
				}
				if got := s.Of(notetest.Me); len(got) > 0 {
					t.Errorf("notes %q", got)
				}
			})
		}
	}
}

// GitHub's second limit refuses with 403 and says when to ask again.
func TestSecondLimit(t *testing.T) {
	s := notetest.GitHub(t)
	limited := 0
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if limited++; limited > 1 {
			return false
		}
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	if _, err := note.Post(t.Context(), systems["GitHub"].board(s.URL, notetest.Token), marker(1), text(1)); err != nil {
		t.Error(err)
	}
}

// A token goes to no other host, whatever a server answers.
func TestTokenStaysWithItsServer(t *testing.T) {
	thief := 0
	elsewhere := notetest.GitLab(t)
	elsewhere.Before = func(r *http.Request) { thief++ }
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)+"/x", http.StatusTemporaryRedirect)
			return true
		}
		if _, err := note.Post(t.Context(), board(notetest.Token), marker(1), text(1)); err == nil {
			t.Error("no error")
		}
		if thief > 0 {
			t.Errorf("the other host was asked %d times", thief)
		}
	})
}
