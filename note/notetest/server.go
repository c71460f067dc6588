// Package notetest stands in for GitLab and GitHub where they keep the notes of one merge request. What neither would
// answer fails the test: another path, method or token, a page without its size.
package notetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What the servers know.
const (
	Project = "group/sub/shop"
	Repo    = "octo/shop"
	Request = "7"
	Token   = "canary-token-of-the-notes"
)

// Note is a note as a server keeps it.
type Note struct {
	ID     int64
	Author string
	Body   string
	System bool
}

// Server keeps notes.
type Server struct {
	*httptest.Server
	T testing.TB

	sync.Mutex
	Notes []Note
	last  int64
	// Head is the commit that the merge request has now. Merges are merge commits of heads.
	Head   string
	Merges map[string]string
	// Page is how many notes a page has at most, where that is fewer than were asked for.
	Page int
	// Fault, where there is one, answers a request in place of the server.
	Fault func(w http.ResponseWriter, r *http.Request) bool
	// Before is told of each request before it is answered. It may change the notes by Add and Drop.
	Before func(r *http.Request)
	// Asked are the requests: method and path with query.
	Asked []string
}

// Me is the token's user, Other another one.
const (
	Me    = "bot"
	Other = "somebody"
)

func serve(t testing.TB, answer func(s *Server, w http.ResponseWriter, r *http.Request)) *Server {
	s := &Server{T: t, Merges: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Before != nil {
			s.Before(r)
		}
		s.Lock()
		defer s.Unlock()
		s.Asked = append(s.Asked, r.Method+" "+r.URL.RequestURI())
		if s.Fault != nil && s.Fault(w, r) {
			return
		}
		answer(s, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// Add makes a note of somebody's.
func (s *Server) Add(author, body string) int64 {
	s.Lock()
	defer s.Unlock()
	return s.add(author, body)
}

func (s *Server) add(author, body string) int64 {
	s.last++
	s.Notes = append(s.Notes, Note{ID: s.last, Author: author, Body: body})
	return s.last
}

// Drop removes a note.
func (s *Server) Drop(id int64) {
	s.Lock()
	defer s.Unlock()
	s.remove(id)
}

func (s *Server) remove(id int64) {
	s.Notes = slices.DeleteFunc(s.Notes, func(n Note) bool { return n.ID == id })
}

// Of are the texts of somebody's notes.
func (s *Server) Of(author string) (out []string) {
	s.Lock()
	defer s.Unlock()
	for _, n := range s.Notes {
		if n.Author == author {
			out = append(out, n.Body)
		}
	}
	return out
}

func (s *Server) unexpected(w http.ResponseWriter, r *http.Request) {
	s.T.Errorf("unexpected request %s %s", r.Method, r.URL.RequestURI())
	w.WriteHeader(http.StatusTeapot)
}

// change answers what changes one note: of the number in id, nil where it is not there or not the token's own.
func (s *Server) change(w http.ResponseWriter, id string) *Note {
	i := slices.IndexFunc(s.Notes, func(n Note) bool { return fmt.Sprint(n.ID) == id })
	switch {
	case i < 0:
		w.WriteHeader(http.StatusNotFound)
		return nil
	case s.Notes[i].Author != Me:
		s.T.Errorf("the note %s of %s is to be changed", id, s.Notes[i].Author)
		w.WriteHeader(http.StatusForbidden)
		return nil
	}
	return &s.Notes[i]
}

// body reads the text of a request that must be JSON with nothing but a body.
func (s *Server) body(r *http.Request, most int) string {
	var sent map[string]string
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || len(sent) != 1 || strings.TrimSpace(sent["body"]) == "" || r.Header.Get("Content-Type") == "" {
		s.T.Errorf("%s %s came with %v, %v", r.Method, r.URL, sent, err)
	}
	if n := len([]rune(sent["body"])); n > most {
		s.T.Errorf("a note of %d characters, at most %d", n, most)
	}
	return sent["body"]
}

// page returns the notes of the page that a request asks for, and whether there are more.
func (s *Server) page(r *http.Request) (out []Note, page int, more bool) {
	var size int
	q := r.URL.Query()
	if _, err := fmt.Sscan(q.Get("per_page")+" "+q.Get("page"), &size, &page); err != nil || size < 1 || size > 100 || page < 1 {
		s.T.Errorf("%s asks for no page", r.URL.RequestURI())
		return nil, 1, false
	}
	if s.Page > 0 {
		size = min(size, s.Page)
	}
	start, end := min((page-1)*size, len(s.Notes)), min(page*size, len(s.Notes))
	return s.Notes[start:end], page, end < len(s.Notes)
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func number(author string) int64 { return map[string]int64{Me: 41, Other: 42}[author] }
