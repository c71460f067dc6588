package notetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// GitHub is an Enterprise server with one pull request: https://docs.github.com/en/rest/issues/comments. Its token is a
// workflow's, which REST does not tell whose it is.
func GitHub(t testing.TB) *Server {
	return serve(t, func(s *Server, w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+Token {
			say(w, http.StatusUnauthorized, map[string]string{"message": "Bad credentials"})
			return
		}
		repo := "/api/v3/repos/" + Repo
		path := r.URL.Path
		id, one := strings.CutPrefix(path, repo+"/issues/comments/")
		commit, isCommit := strings.CutPrefix(path, repo+"/git/commits/")
		switch {
		case r.Method == "POST" && path == "/api/graphql":
			var asked struct{ Query string }
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || !strings.Contains(asked.Query, "viewer") {
				s.T.Errorf("asked by GraphQL for %q, %v", asked.Query, err)
			}
			say(w, http.StatusOK, map[string]any{"data": map[string]any{"viewer": map[string]any{"databaseId": number(Me), "login": "github-actions[bot]"}}})
		case r.Method == "GET" && path == repo+"/pulls/"+Request:
			say(w, http.StatusOK, map[string]any{"number": 7, "head": map[string]string{"sha": s.Head}})
		case r.Method == "GET" && isCommit:
			parents := []map[string]string{{"sha": "ba5e"}}
			if head := s.Merges[commit]; head != "" {
				parents = append(parents, map[string]string{"sha": head})
			}
			say(w, http.StatusOK, map[string]any{"sha": commit, "parents": parents})
		case r.Method == "GET" && path == repo+"/issues/"+Request+"/comments":
			notes, page, more := s.page(r)
			list := []map[string]any{}
			for _, n := range notes {
				list = append(list, map[string]any{"id": n.ID, "body": n.Body, "user": map[string]any{"id": number(n.Author), "login": n.Author}})
			}
			if more {
				w.Header().Set("Link", fmt.Sprintf(`<https://elsewhere.example/?page=%d>; rel="next", <https://elsewhere.example/>; rel="last"`, page+1))
			}
			say(w, http.StatusOK, list)
		case r.Method == "POST" && path == repo+"/issues/"+Request+"/comments":
			body := s.body(r, 65_536)
			say(w, http.StatusCreated, map[string]any{"id": s.add(Me, body)})
		case r.Method == "PATCH" && one:
			if n := s.change(w, id); n != nil {
				n.Body = s.body(r, 65_536)
				say(w, http.StatusOK, map[string]any{"id": n.ID})
			}
		case r.Method == "DELETE" && one:
			if n := s.change(w, id); n != nil {
				s.remove(n.ID)
				w.WriteHeader(http.StatusNoContent)
			}
		default:
			s.unexpected(w, r)
		}
	})
}
