package note_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/github"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/note"
	"dagger/pipeline/note/notetest"
)

// systems are the two that keep notes, each with the board of one pipeline.
var systems = map[string]struct {
	serve func(testing.TB) *notetest.Server
	board func(url, token string) note.Board
}{
	"GitLab": {notetest.GitLab, func(url, token string) note.Board {
		return &gitlab.Notes{API: gitlab.API{URL: url, Token: token}, Project: notetest.Project, MergeRequest: notetest.Request}
	}},
	"GitHub": {notetest.GitHub, func(url, token string) note.Board {
		return &github.Notes{API: github.API{URL: url, Token: token}, Repository: notetest.Repo, PullRequest: notetest.Request}
	}},
}

// both runs a test on both.
func both(t *testing.T, test func(t *testing.T, s *notetest.Server, board func(token string) note.Board)) {
	for name, system := range systems {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := system.serve(t)
			test(t, s, func(token string) note.Board { return system.board(s.URL, token) })
		})
	}
}

func commit(pipeline int) string { return fmt.Sprintf("%040x", pipeline) }

func marker(pipeline int) note.Marker {
	return note.Marker{Project: "shop", Environment: "mr-7", Pipeline: int64(pipeline), Commit: commit(pipeline)}
}

func text(pipeline int) string { return fmt.Sprintf("### Pipeline %d\n", pipeline) }

func wantOne(t *testing.T, s *notetest.Server, pipeline int) {
	t.Helper()
	if got, want := s.Of(notetest.Me), marker(pipeline).String()+text(pipeline); len(got) != 1 || got[0] != want {
		t.Fatalf("the notes are %q, want %q alone", got, want)
	}
}

// Fifty pipelines on one merge request, two at once, among what others write: one note, of the newest.
func TestFiftyPipelines(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		forged := marker(999).String() + "not mine"
		s.Add(notetest.Other, forged)
		for i := range 250 {
			s.Add(notetest.Other, fmt.Sprint("a word on line ", i))
		}
		for pipeline := 2; pipeline <= 50; pipeline += 2 {
			s.Lock()
			s.Head = commit(pipeline)
			s.Unlock()
			var two sync.WaitGroup
			for _, p := range []int{pipeline, pipeline - 1} {
				two.Go(func() {
					if _, err := note.Post(t.Context(), board(notetest.Token), marker(p), text(p)); err != nil {
						t.Error(err)
					}
				})
			}
			two.Wait()
			wantOne(t, s, pipeline)
		}
		if got := s.Of(notetest.Other); len(got) != 251 || got[0] != forged {
			t.Errorf("others' notes have changed: %d, %q", len(got), got[0])
		}
	})
}

// In the ordinary case few requests are made, one after the other: they are what a note adds to a job.
func TestFewRequests(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		for pipeline, most := range map[int]int{1: 4, 2: 5} {
			s.Lock()
			s.Head, s.Asked = commit(pipeline), nil
			s.Unlock()
			if _, err := note.Post(t.Context(), board(notetest.Token), marker(pipeline), text(pipeline)); err != nil {
				t.Fatal(err)
			}
			if len(s.Asked) > most {
				t.Errorf("%d requests, at most %d: %q", len(s.Asked), most, s.Asked)
			}
		}
	})
}

// A note is found on whatever page it is.
func TestNoteOnALaterPage(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		s.Page, s.Head = 3, commit(2)
		for range 10 {
			s.Add(notetest.Other, "a word")
		}
		s.Add(notetest.Me, marker(1).String()+text(1))
		if got, err := note.Post(t.Context(), board(notetest.Token), marker(2), text(2)); err != nil || got != note.Renewed {
			t.Fatalf("%q, %v", got, err)
		}
		wantOne(t, s, 2)
	})
}

// A pipeline of a commit that is no longer the head leaves the note to that of the head.
func TestPipelineOfAFormerHead(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		s.Add(notetest.Me, marker(1).String()+text(1))
		s.Head = commit(3)
		if got, err := note.Post(t.Context(), board(notetest.Token), marker(2), text(2)); err != nil || got != note.Left {
			t.Fatalf("%q, %v", got, err)
		}
		wantOne(t, s, 1)
	})
}

// What GitHub gives a workflow is the merge of a head into its target.
func TestMergeOfTheHead(t *testing.T) {
	s := notetest.GitHub(t)
	s.Head, s.Merges = "4ead", map[string]string{commit(2): "4ead", commit(3): "0ld"}
	board := systems["GitHub"].board(s.URL, notetest.Token)
	for pipeline, want := range map[int]bool{2: true, 3: false, 4: false} {
		if got, err := board.Current(t.Context(), commit(pipeline)); err != nil || got != want {
			t.Errorf("%d: %v, %v, want %v", pipeline, got, err, want)
		}
	}
}

// Faults that pass cost a pause, and leave one note also where a request was obeyed before it failed.
func TestFaultsThatPass(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		faults := []func(w http.ResponseWriter){
			func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
			func(w http.ResponseWriter) {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
			},
			func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
			func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		}
		obeyed := false
		s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "POST" && strings.HasSuffix(r.URL.Path, "s") && !obeyed && r.URL.Path != "/api/graphql" {
				obeyed = true
				s.Notes = append(s.Notes, notetest.Note{ID: 1000, Author: notetest.Me, Body: marker(1).String() + text(1)})
				w.WriteHeader(http.StatusBadGateway)
				return true
			}
			if n := len(s.Asked); n%2 == 1 && len(faults) > 0 { // every other request
				faults[0](w)
				faults = faults[1:]
				return true
			}
			return false
		}
		s.Head = commit(1)
		if _, err := note.Post(t.Context(), board(notetest.Token), marker(1), text(1)); err != nil {
			t.Fatal(err)
		}
		wantOne(t, s, 1)
		if len(faults) > 0 || !obeyed {
			t.Errorf("%d faults were not met, obeyed %v", len(faults), obeyed)
		}
	})
}

// A note that somebody removes meanwhile is made again.
func TestNoteRemovedMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, s *notetest.Server, board func(string) note.Board) {
		s.Head = commit(2)
		id, removed := s.Add(notetest.Me, marker(1).String()+text(1)), false
		s.Before = func(r *http.Request) {
			if (r.Method == "PUT" || r.Method == "PATCH") && !removed {
				removed = true
				s.Drop(id)
			}
		}
		if _, err := note.Post(t.Context(), board(notetest.Token), marker(2), text(2)); err != nil || !removed {
			t.Fatal(err, removed)
		}
		wantOne(t, s, 2)
	})
}
