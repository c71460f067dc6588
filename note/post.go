package note

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Board is a merge request's notes, as one token sees them.
type Board interface {
	// Mine are the notes that the token's own user wrote.
	Mine(ctx context.Context) ([]Written, error)
	Write(ctx context.Context, body string) error
	// Edit and Remove return ErrGone for a note that does not exist.
	Edit(ctx context.Context, id int64, body string) error
	Remove(ctx context.Context, id int64) error
	// Current reports whether a commit is the head of the merge request.
	Current(ctx context.Context, commit string) (bool, error)
}

// Written is an existing note.
type Written struct {
	ID   int64
	Body string
}

// ErrGone reports that a note was removed in the meantime.
var ErrGone = errors.New("the note is gone")

// Outcome is what became of a note.
type Outcome string

// The outcomes.
const (
	Made    Outcome = "written"
	Renewed Outcome = "written anew in place"
	Left    Outcome = "left to a newer pipeline"
)

// found is a note of the same project and environment.
type found struct {
	Written
	Marker
}

// tries is how often to write a note that others change at the same time.
const tries = 5

// Post ensures that the merge request has one note for the marker's project and
// environment, from the newest pipeline. Neither server can refuse an edit
// based on an outdated note, so a pipeline edits a note only while its commit is
// the head: the pipeline of a newer head has the last word. If several pipelines
// have each written one, the newest pipeline's first note stays.
func Post(ctx context.Context, board Board, m Marker, text string) (Outcome, error) {
	outcome := Made
	for range tries {
		all, err := notes(ctx, board, m)
		if err != nil {
			return "", err
		}
		switch {
		case len(all) == 0:
			err = board.Write(ctx, m.String()+text)
		case all[0].Pipeline > m.Pipeline || !current(ctx, board, m):
			return Left, nil
		default:
			outcome = Renewed
			err = board.Edit(ctx, all[0].ID, m.String()+text)
		}
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return "", err
		}
		if all, err = notes(ctx, board, m); err != nil {
			return "", err
		}
		switch {
		case len(all) == 0 || all[0].Pipeline < m.Pipeline: // removed, or overwritten by an older one
			continue
		case all[0].Pipeline > m.Pipeline:
			outcome = Left
		}
		return outcome, settle(ctx, board, m, all)
	}
	return "", errors.New("others changed it each time: run the job again")
}

// notes are the notes for the marker's project and environment, the one to keep first.
func notes(ctx context.Context, board Board, m Marker) ([]found, error) {
	mine, err := board.Mine(ctx)
	var out []found
	for _, w := range mine {
		if marker, ok := m.same(w.Body); ok {
			out = append(out, found{w, marker})
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(b.Pipeline, a.Pipeline), cmp.Compare(a.ID, b.ID)) })
	return out, err
}

// current reports whether a pipeline's commit is the head. If the server does not
// say, it is assumed to be.
func current(ctx context.Context, board Board, m Marker) bool {
	if m.Commit == "" {
		return true
	}
	ok, err := board.Current(ctx, m.Commit)
	return ok || err != nil
}

// settle removes all notes but the first. A pipeline whose commit is no longer the head
// may only remove its own, and only once the head's pipeline has written another: until
// then, that pipeline may be about to write into any of them.
func settle(ctx context.Context, board Board, m Marker, all []found) error {
	if len(all) < 2 {
		return nil
	}
	head := current(ctx, board, m)
	if !head && !current(ctx, board, all[0].Marker) {
		return nil
	}
	for _, f := range all[1:] {
		if f.Pipeline > m.Pipeline || f.Pipeline < m.Pipeline && !head {
			continue
		}
		if err := board.Remove(ctx, f.ID); err != nil && !errors.Is(err, ErrGone) {
			return err
		}
	}
	return nil
}
