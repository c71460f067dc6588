package notetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// GitLab has one merge request: https://docs.gitlab.com/api/notes/.
func GitLab(t testing.TB) *Server {
	return serve(t, func(s *Server, w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("PRIVATE-TOKEN"); got != Token {
			say(w, http.StatusUnauthorized, map[string]string{"message": "401 Unauthorized"})
			return
		}
		request := "/api/v4/projects/" + url.PathEscape(Project) + "/merge_requests/" + Request
		path, _, _ := strings.Cut(r.URL.RequestURI(), "?")
		id, one := strings.CutPrefix(path, request+"/notes/")
		switch {
		case r.Method == "GET" && path == "/api/v4/user":
			say(w, http.StatusOK, map[string]any{"id": number(Me), "username": "project_1_bot"})
		case r.Method == "GET" && path == "/api/v4/personal_access_tokens/self":
			say(w, http.StatusOK, map[string]any{"name": "notes", "active": true, "scopes": []string{"api"}, "expires_at": "2099-01-01"})
		case r.Method == "GET" && path == "/api/v4/projects/"+url.PathEscape(Project):
			say(w, http.StatusOK, map[string]any{"permissions": map[string]any{"project_access": map[string]int{"access_level": 20}, "group_access": nil}})
		case r.Method == "GET" && path == request:
			say(w, http.StatusOK, map[string]any{"iid": 7, "sha": s.Head})
		case r.Method == "GET" && path == request+"/notes":
			notes, page, more := s.page(r)
			list := []map[string]any{}
			for _, n := range notes {
				list = append(list, map[string]any{"id": n.ID, "body": n.Body, "system": n.System, "author": map[string]any{"id": number(n.Author), "username": n.Author}})
			}
			next := ""
			if more {
				next = fmt.Sprint(page + 1)
			}
			w.Header().Set("X-Next-Page", next)
			say(w, http.StatusOK, list)
		case r.Method == "POST" && path == request+"/notes":
			body := s.body(r, 1_000_000)
			say(w, http.StatusCreated, map[string]any{"id": s.add(Me, body), "body": body})
		case r.Method == "PUT" && one:
			if n := s.change(w, id); n != nil {
				n.Body = s.body(r, 1_000_000)
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
